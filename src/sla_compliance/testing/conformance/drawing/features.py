"""What a drawn question may have beside alarms and a window."""

from __future__ import annotations

from enum import Enum, auto
from typing import Final


class Feature(Enum):
    """What a drawn question may have; each makes some rules matter."""

    TERMS = auto()
    """A policy with its own filter, damping, target and accounting."""
    WINDOWS = auto()
    """Maintenance and exclusions of everybody's time."""
    SCOPES = auto()
    """Service hours, time in service."""
    MONITORED = auto()
    """Monitored time with gaps."""
    ENDS = auto()
    """Rows that are over without a time, resolved, stale or open."""
    IDS = auto()
    """Several rows of one id."""
    DOUBT = auto()
    """Rows that contradict themselves or were not seen for long, and terms that settle doubt."""
    TARGETS = auto()
    """Windows of some alarms only."""
    WORK = auto()
    """Rules of planned work."""
    CAUSED = auto()
    """Work that excuses only what it caused."""
    KEY = auto()
    """The report of one key."""
    RECURRENCE = auto()
    """Windows that recur."""
    CORRECTIONS = auto()
    """Corrections of rows."""
    PERIODS = auto()
    """Weeks, months, quarters, years, rolling windows."""
    BUDGET = auto()
    """An error budget, in a period that is not over."""
    DAMPING = auto()
    """Short outages and gaps, merged and dropped."""


UNDAMPED: Final = frozenset({Feature.DAMPING, Feature.CAUSED})
"""What a question about a budget does without: the reference does not reckon with it there."""
