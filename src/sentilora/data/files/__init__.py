"""Files and other sources of rows, whatever their format: found, opened, streamed, written."""
