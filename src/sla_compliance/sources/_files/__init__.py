"""Reading exported files: bytes to text, text to rows, rows to alarms or maintenance windows."""
