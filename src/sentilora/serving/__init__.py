"""HTTP server: many adapters, with label sets of their own, on the encoders they share."""
