"""The report: what was found, typed, and how it is written: JSON, Markdown, one HTML file."""
