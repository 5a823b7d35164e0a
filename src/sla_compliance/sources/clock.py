"""The present moment: the clock of sources, unless they are made with another."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)
