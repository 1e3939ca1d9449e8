"""Models behind the pages: chosen, cached, asked for one text or for a file, compared.

Doors: ``list_choices()`` in model_choice.py, ``open_shared()`` in model_cache.py, ``ask()`` in
single_answer.py, ``score_file()`` in scored_file.py,
``reading()`` in live_store.py,
``analyse()`` in analysed_file.py, whose figures stand on what messages.py finds.
model_comparison.py sets several models beside each other; model_facts.py says what one is.
Not covered: drawing.
"""
