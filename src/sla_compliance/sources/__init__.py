"""Where alarms come from; one file a technology, imported only by who uses it."""
