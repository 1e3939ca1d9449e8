"""A small survey: which texts a person should label, and what the labels say of all texts.

``survey_plan`` draws texts at random within strata of the model's answers, most where it is unsure;
``survey_shares`` estimates the share of each label among all texts from those that were labelled;
``survey_file`` keeps the labels in a CSV that ``train`` reads. ``uncertain_texts`` is the other
choice: texts that would teach a model most, which no share may be estimated from.
May import: mood, statements, and what lies below them.
"""
