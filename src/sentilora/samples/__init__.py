"""The samples room."""
