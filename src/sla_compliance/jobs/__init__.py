"""Work ahead of time: precomputing and reconciling the last days of every tenant."""
