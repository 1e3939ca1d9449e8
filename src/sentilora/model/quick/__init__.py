"""BERT-like encoders on a CPU with fewer and larger operations."""
