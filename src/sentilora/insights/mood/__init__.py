"""How the mood runs: over time, before and after changes, in segments, and with what certainty.

``periods`` counts by day, week or month, ``change_points`` dates what is more than noise,
``trends`` and ``segments`` compare themes, ``impact`` says what a theme costs, ``prevalence``
corrects shares for the errors of the model. One stated rate of false alarms covers a whole report.
"""
