"""SentiLoRA."""
