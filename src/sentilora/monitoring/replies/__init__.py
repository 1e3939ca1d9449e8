"""Drafted replies: written for a text, changed and approved by people, and only then sent.

Door: ``read_replies()`` in replies_file.py reads ``replies.toml`` (reply_settings.py) and all
templates (template_folder.py, template_faults.py), and tells all that is wrong with them at once.
draft_writer.py writes drafts in the transaction of their texts: word_lists.py finds the reason and
what must not be promised, severity.py weighs, reply_templates.py renders. ``ReplyQueue`` in
reply_queue.py is what people work on (reply_draft.py); ``post/`` sends what they approved.
reply_files.py writes out what the package brings along, to be edited: default_replies.toml and
the files of ``templates/``.

Not covered: nothing here makes up text; a reply is a template with fields.
"""
