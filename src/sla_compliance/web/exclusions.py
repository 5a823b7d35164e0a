"""What a detailed record says of each window that excluded time from it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class ExclusionOfRecord(BaseModel):
    """One accepted window; all occurrences of one that recurs are one entry."""

    name: str
    kind: Literal["planned", "emergency", "exclusion"]
    reason: str
    author: str = Field(description="Who entered it; empty where that is not known.")
    applies_to: str = Field(description="`everybody`, or the alarms that it is for.")
    length_seconds: float = Field(description="How much of it lies inside the record.")
    downtime_seconds: float | None = Field(description="The downtime that it took; null: kept days do not say.")
    text: str = Field(description="All of this as one sentence.")
