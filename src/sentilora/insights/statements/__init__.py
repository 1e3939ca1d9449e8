"""Texts taken apart into statements: sentences, and clauses where "but" turns the mood.

``splitter`` finds their places, ``encoder`` scores and embeds them, ``kinds`` tells complaints,
wishes, questions and praise apart.
"""
