"""Pre-trained encoders: the table of those known, and folders of the user's.

Door: ``resolve_base()`` in resolved_base.py: a name, a hub id or a folder to a ``ResolvedBase``.
known_bases.py holds the table ``BASES`` and all that differs between architectures;
embedded_base.py verifies weights that come with a package, and puts them into the hub's cache;
target_modules.py finds where LoRA goes in any network; vocabulary.py refuses tokenizers that are
not the base's, coverage.py counts what of texts a base does not know;
local_bases.py knows an adapted base by the hash of its weights and finds it after a move.
Not covered: downloading; transformers does that when a base is opened.
"""
