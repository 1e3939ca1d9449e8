"""Commands for texts as they come: watched, taken out, corrected; and the model in use."""
