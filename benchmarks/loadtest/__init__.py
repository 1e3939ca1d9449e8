"""Load on HTTP servers: clients that wait for each answer, and a plain server to compare with."""
