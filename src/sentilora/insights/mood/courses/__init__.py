"""How shares run over time: of themes, and of who writes.

Doors: ``shares_over_time()`` and ``shares_at_home()`` in share_courses.py, ``homes_of()`` in
home_segments.py, ``trend_of()`` and ``theme_shifts()`` in trends.py.
May import: the rest of ``mood`` but course.py, mix.py and mood.py, which use it.
Not covered: changes of the mood (``changes/``).
"""
