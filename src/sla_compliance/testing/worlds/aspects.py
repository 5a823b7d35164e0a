"""What a world may have beside what every world has."""

from __future__ import annotations

from enum import Enum, auto


class Aspect(Enum):
    """What a world may have beside what every world has."""

    ROWS_OF_ONE_ID = auto()
    """Snapshots of one outage, and rows of one id that lie apart or overlap."""
    ENDS = auto()
    """Rows that are over without a time."""
    DOUBT = auto()
    """Rows that are set aside, overwritten or unseen, and terms that settle doubt."""
    TARGETED = auto()
    """Windows of some alarms only, by several columns, with children."""
    PLANNED_WORK = auto()
    """Rules of planned work, and windows that break them."""
    CAUSED_WORK = auto()
    """Work that excuses only the outages that it caused, begun shortly before them and continued after."""
    MONITOR_GAP = auto()
    """Short unmonitored stretches that may be bridged."""
