"""The adaptation room: a base learns the words of a field from unlabelled texts."""
