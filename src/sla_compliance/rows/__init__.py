"""Rows, frames and logs of changes, as people have them, to a batch of alarms."""
