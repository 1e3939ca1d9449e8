"""Preference pairs: read from files, made of ratings or edits, held out."""
