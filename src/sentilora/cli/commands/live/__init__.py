"""Commands for texts as they come: one watches, one takes a text out again."""
