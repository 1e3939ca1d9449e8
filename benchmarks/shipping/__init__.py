"""Parts of general.py, which builds the adapter that ships."""
