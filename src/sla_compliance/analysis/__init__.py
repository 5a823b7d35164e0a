"""Analyses of records: figures that follow from theirs, such as the rest of a budget."""
