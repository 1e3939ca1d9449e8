"""Themes of the last texts that were not there in the weeks before.

Door: ``ThemeScout`` in theme_scout.py, a thread that looks now and then and never holds up the
texts. theme_texts.py reads some of what is stored, theme_look.py groups its statements and sets the
last ones against those before.
May import: the store, the rules, and themes and statements of ``insights``.
"""
