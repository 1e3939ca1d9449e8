"""What insights finds, measured: changes, trends and segments that are there, and that are not."""
