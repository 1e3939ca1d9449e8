"""Models behind the pages: chosen, cached, asked for one text or for a file, compared."""
