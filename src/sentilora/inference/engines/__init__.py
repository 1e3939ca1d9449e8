"""What computes logits, and on which device."""
