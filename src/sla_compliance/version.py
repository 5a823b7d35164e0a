"""The version of this package."""
################################################################
# This file is the only place that states the version. The build reads it from here
# (pyproject.toml), so an installed package and its metadata say the same.
################################################################

__version__ = "0.2.0"
