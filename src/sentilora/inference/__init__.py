"""From texts to predictions: one text, a list, a file, and why.

Door: ``load()`` and ``SentimentModel`` in sentiment_model.py; ``score_texts()`` in scoring.py for
who has an engine and wants logits.
Flow: sentiment_model.py -> cascade.py (a first stage answers easy texts) -> scoring.py, which cuts
long texts into windows and sorts them into batches (batches.py, token_budget.py) -> ``engines/``;
logits become ``Prediction`` in prediction.py, and word contributions in attribution.py (by
integrated_gradients.py where there are gradients) and explanation.py. shared_encoder.py and
heads.py answer for many adapters at once; pickled_model.py is a model in a pickle, notebook_html.py
answers in a notebook. ``rows/`` is files, ``frames/`` tables in memory.
May import: model and what lies below it.
Not covered: several GPUs.
"""
