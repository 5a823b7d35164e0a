"""Work that nobody waits for: precomputing the last days of every tenant."""
