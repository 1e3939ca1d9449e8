"""The ``sentilora`` command: parse, call the library, render. Only this room prints.

Door: ``main()`` in app.py, which turns errors into messages and exit codes.
Flow: command_table.py names the commands; each has a file in ``commands/`` and takes the options
that several share from options.py, and those that stand for settings from setting_options.py; what
the library returns becomes text in report_tables.py and answer_lines.py, and what it tells on the
way a bar in progress.py and row_progress.py.
May import: every room, inside functions, so that ``sentilora --help`` loads no torch.
Not covered: work of its own; each command is a call of the library.
"""
