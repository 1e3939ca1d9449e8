"""Texts as they come: classified, stored, watched, and told of.

Flow: a source (``sources/``) hands over batches of :class:`FeedbackRecord` with its position; the
models of model_panel.py answer them; ``store/`` keeps texts, answers, hourly counts and the
position in one transaction, so that what was accepted is stored, and stored once. ``rules/`` look
at the counts and say when something is wrong, ``fresh_themes/`` at the stored texts; ``alerts/``
open, update and end, and are delivered from a queue that lies in the store, too. ``replies/``
drafts answers to negative texts, which people approve. ``metrics/`` counts
for Prometheus. What people say of the model's answers is kept and learned from by ``corrections/``;
rules and models that change meanwhile are taken by ``renewal/``.

``monitor()`` in monitor.py is the door; served_feedback.py does the same within a server, with the
server's models (pooled_model.py). live_watch.py puts together what both need.
"""

from importlib.util import find_spec

from sentilora.errors import MissingExtraError

if any(find_spec(package) is None for package in ("sqlalchemy", "alembic", "apprise")):
    raise MissingExtraError("Monitoring", "monitor")
