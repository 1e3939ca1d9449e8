"""What computes: requests of all clients gathered into batches, computed by a few threads."""
