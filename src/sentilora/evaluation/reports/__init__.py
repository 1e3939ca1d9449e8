"""What was measured as ``report.json``, as a page, and as a model card."""
