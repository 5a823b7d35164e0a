"""Analyses of records: figures that follow from theirs, such as what is left of an error budget."""
