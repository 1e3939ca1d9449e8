"""What a file of feedback says: its mood, its themes, and when and where these differ.

Door: ``insights()`` in insights.py; it is ``sentilora.insights``, though the room has that name.
Flow: feedback_question.py says what is read, feedback_rows.py reads it into a ``Feedback``, with
dates.py for the days and voices.py for what each text weighs; ``statements/`` takes texts apart,
scores and embeds them; ``themes/`` groups them by what they are about; ``mood/`` measures the
course over time, changes, trends and segments, all with intervals; ``aspects/`` looks for what was
asked for by name; insight_composition.py puts an ``InsightReport`` together, and ``report/`` writes
it. ``survey/`` chooses texts that people label, and corrects shares by them.
Each figure can be counted again from ``statements.parquet`` (statement_table.py).
Not covered: other languages than the model's, and what no row says.
"""
