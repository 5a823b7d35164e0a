"""Where reports go; one file a format."""
