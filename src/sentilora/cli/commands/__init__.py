"""The commands, one file each: options in, one call of the library, text out.

Door: the function of each file, which ../command_table.py imports when its command is typed.
A new command is a new file here and a line there. train_command.py maps its options to the settings
of :mod:`sentilora.config`; predict_command.py leaves the checks to ../predict_request.py.
"""
