"""Rows of files and of stdin to answers: streamed, cached, resumable."""
