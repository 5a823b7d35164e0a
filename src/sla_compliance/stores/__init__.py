"""Stores of closed days: what a store promises, in memory and in a database."""
