"""What stands in every evidence pack: the program that verifies it, and how to use it."""
