"""What the benchmark of themes compares: SentiLoRA, BERTopic, and sides that are told something."""
