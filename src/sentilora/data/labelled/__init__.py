"""From rows with a label column to checked, split examples on disk."""
