"""What a document is composed of: one file for each section."""
