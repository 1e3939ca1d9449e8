"""Pre-trained encoders: the table of those known, and folders of the user's."""
