"""Rows of files and of stdin to answers: streamed, cached, resumable.

Doors: ``predict_file()`` in predict_file.py, ``open_rows()`` in text_rows.py, ``Answerer`` in
answers.py.
Flow: text_rows.py (files) or text_lines.py (stdin) yields chunks of rows; answers.py labels each
chunk, and asks score_cache.py first, as texts repeat; predict_file.py writes the output and notes
in resume_file.py how far it is, so that a killed job goes on.
Not covered: several processes on one file.
"""
