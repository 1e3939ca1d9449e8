"""How the mood runs: over time, before and after changes, in segments, and with what certainty.

Door: ``measure_mood()`` in mood.py. One stated rate of false alarms covers a whole report
(false_alarms.py); every figure is counted in voices of texts (weighted_texts.py) and has an
interval (estimates.py).
Flow: course.py puts together what runs over time: periods.py counts by day, week or month,
``changes/`` dates what is more than noise, ``courses/`` follows the shares of themes, and those of
segments for mix.py. segments.py compares values of a column, impact.py says
what a theme costs, prevalence.py corrects shares for the errors of the model, as far as
checked_answers.py knows them; known_errors.py does so again and again, for who watches.
May import: statements, and what lies below them; themes come as an array.
Not covered: seasons, and what no column of the data tells.
"""
