"""Parts of the pages *Overview* and *Label*, which work on files of feedback.

feedback_form.py asks both pages' questions; overview_figures.py and overview_messages.py show a
report and the messages behind its figures; label_shares.py shows what labels say.
"""
