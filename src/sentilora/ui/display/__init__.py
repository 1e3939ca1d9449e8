"""How answers and figures look on a page: charts, HTML, colours, errors.

altair_charts.py draws; mood_course.py and live_charts.py draw what runs over time; answer_html.py
writes bars, tiles, tables and coloured words, and escapes every text of a user, as live_html.py
does; figure_rows.py puts reports side by side; error_messages.py says errors in the words of the
page; colours.py picks colours that anyone can tell apart; markdown.py shows names as they are
written.
Not covered: what is shown; pages decide that.
"""
