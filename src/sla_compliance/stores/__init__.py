"""Stored daily ledger cells: what a store is, in memory and in a database."""
