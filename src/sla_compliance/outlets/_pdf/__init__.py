"""The parts of a PDF document: its template, its fonts, and the data that the template lays out."""
