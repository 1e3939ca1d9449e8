"""Texts taken apart into statements: sentences, and clauses where "but" turns the mood.

Door: ``read_statements()`` in statement_reader.py. splitter.py finds their places, encoder.py
embeds them by the base without its adapter, kinds.py tells complaints, wishes, questions and praise
apart.
"""
