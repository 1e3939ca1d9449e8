"""Days on which the mood changed, of all texts and of single segments.

Doors: ``find_changes()`` in change_points.py, ``segment_changes()`` in segment_changes.py. Both
count texts by day (day_counts.py) and compare stretches of days (stretches.py).
May import: the rest of ``mood`` but ``courses/``, course.py, mix.py and mood.py, which use it.
Not covered: what changed in the themes (``courses/``) and in who writes (mix.py).
"""
