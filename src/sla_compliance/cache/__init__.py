"""Remembered daily ledger cells: what a cache is, in memory and in Redis, and what stands in it."""
