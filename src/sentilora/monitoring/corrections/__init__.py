"""Labels that people gave to texts of the store: kept, and learned from.

Door: ``correct()`` and ``correct_file()`` in correction.py, which keep them;
``train_on_feedback()`` in corrected_run.py, which goes on from a model with them.
stored_corrections.py writes them into the store, corrected_texts.py reads them back, lesson.py puts
them beside the rows that the model learned from.
"""
