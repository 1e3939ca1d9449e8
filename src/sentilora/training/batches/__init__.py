"""Tokenised examples on disk, and the plan of which of them form which update."""
