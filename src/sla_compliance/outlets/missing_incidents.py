"""MissingIncidents: why a document of figures without rows lists no outages."""

from __future__ import annotations

from enum import StrEnum


class MissingIncidents(StrEnum):
    """Why no outages are listed; the value ends the name of the sentence that says it."""

    NOT_KNOWN = "not_known"
    """The figures come without their rows."""
    PURGED = "purged"
    """Rows are no longer kept."""
    DIFFER = "differ"
    """The rows say something else by now than the days that were stored."""
