"""Work ahead of time: precomputing the last days of every tenant."""
