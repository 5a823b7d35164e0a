"""Calls that may hang: time-outs for those that are awaited, threads for those that block."""
