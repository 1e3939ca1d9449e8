"""What statements are about: groups without a told number, their names, quotes and stability.

Door: ``find_themes()`` in theme_search.py. Flow: ``topic_space`` takes away what all vectors have
in common, ``clusters`` groups them, ``stability`` says how often a group comes back in resamples,
``description`` makes themes of groups: ``terms`` counts words, ``theme_names`` finds the statement
that speaks for a group and the words that set it apart, ``quotes`` the statements to show.
``themes`` is what comes out; ``theme_file`` keeps it for the next report, with what people decided.
"""
