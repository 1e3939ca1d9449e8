"""Aspects asked for by name ("delivery, price, staff"): who mentions them, and how they feel.

Door: ``find_aspects()`` in aspect_search.py tells which statements speak of which, by
similarity to its name and to ``aspect_phrases`` that paraphrase it, and by ``aspect_words`` that
the texts themselves show to be near; ``find_by_examples()`` in aspect_examples.py learns from a
few texts whose aspects people saw, which ``asked_aspects`` reads.
May import: themes, mood, statements, and what lies below them.
Not covered: aspects that no text mentions by a word or phrase near to their names; irony.
"""
