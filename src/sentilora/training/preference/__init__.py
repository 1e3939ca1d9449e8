"""Training on preference pairs: their data, their batches, their loss."""
