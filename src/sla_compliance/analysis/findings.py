"""Findings of the doctor: what they are called, and the time at stake."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sla_compliance.rounding import downtime_minutes
from sla_compliance.units import SECOND_US

NAMES_OF_A_FINDING: Final = 5


class FindingCode(StrEnum):
    """What the doctor looks for."""

    OPEN = "OPEN"
    """Alarms that are not over and were seen within 7 days."""
    UNSEEN = "UNSEEN"
    """Alarms that are not over and unseen for 7 days, or raised so long ago and of unknown last sight."""
    CUT_OFF = "CUT_OFF"
    """Alarms that are not over and that `stale_after` ends when they were last seen."""
    UNDATED = "UNDATED"
    """Alarms that say they are over and not when."""
    DISAGREEING = "DISAGREEING"
    """Rows of one id that overlap and disagree on when the alarm was."""
    REPEATED_IDS = "REPEATED_IDS"
    """Rows of one id that lie apart."""
    SNAPSHOTS = "SNAPSHOTS"
    """Rows that a later state of the same alarm supersedes."""
    COPIES = "COPIES"
    """Rows that repeat another in every column."""
    CLOCK_SKEW = "CLOCK_SKEW"
    """Rows that end before they start, by no more than the clock skew."""
    UNKNOWN_SEVERITY = "UNKNOWN_SEVERITY"
    """Rows set aside because their severity is no word that is known."""
    SET_ASIDE = "SET_ASIDE"
    """Rows set aside for another fault."""
    NO_START = "NO_START"
    """Rows set aside whose start cannot be read."""
    OVERWRITTEN = "OVERWRITTEN"
    """Rows whose severity was overwritten by `cleared`."""
    RAISED_IN_1970 = "RAISED_IN_1970"
    """Alarms raised by a clock that was never set."""
    UNTARGETED_WINDOW = "UNTARGETED_WINDOW"
    """Windows that excuse all alarms, whatever they are of."""
    LATE_WINDOW = "LATE_WINDOW"
    """Windows that excuse although they were announced or entered after their start."""
    UNKNOWN_TARGET = "UNKNOWN_TARGET"
    """Windows for values that no row has, of a column that rows have."""
    OUTSIDE_INVENTORY = "OUTSIDE_INVENTORY"
    """Rows of keys that the inventory does not have."""
    WITHOUT_KEY = "WITHOUT_KEY"
    """Rows that name no key."""
    WITHOUT_TENANT = "WITHOUT_TENANT"
    """Rows of an input of several tenants that name none; the command line alone looks for them."""
    HISTORY = "HISTORY"
    """Time of the window before the first row."""
    ASSUMPTION = "ASSUMPTION"
    """What the reader of the rows assumed where they do not say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that a figure rests on and that may be otherwise.

    Attributes:
        code: what it is.
        sentence: the same in words.
        rows: how many rows it is of; of windows, how many windows.
        at_stake_us: by how much the counted time of two evaluations differs, microseconds; None where none could.
        reason: why there is no time at stake; empty where there is.
        keyword: the keyword of the library that would settle it, e.g. "corrections".
        names: the first few rows, windows, keys or words that it is of.
    """

    code: FindingCode
    sentence: str
    rows: int
    at_stake_us: int | None
    reason: str = ""
    keyword: str
    names: tuple[str, ...] = ()

    @property
    def at_stake_minutes(self) -> int | None:
        """The time at stake in minutes, rounded up; None where there is none."""
        return None if self.at_stake_us is None else downtime_minutes(self.at_stake_us)

    def as_dict(self) -> dict[str, object]:
        """Return it in JSON types."""
        seconds = (
            None if self.at_stake_us is None else f"{self.at_stake_us // SECOND_US}.{self.at_stake_us % SECOND_US:06}"
        )
        return {
            "code": str(self.code),
            "sentence": self.sentence,
            "rows": self.rows,
            "at_stake_us": self.at_stake_us,
            "at_stake_seconds": seconds,
            "at_stake_minutes": self.at_stake_minutes,
            "reason": self.reason,
            "keyword": self.keyword,
            "names": list(self.names),
        }

    def explain(self) -> str:
        """Return the finding, what is at stake and what would settle it, in one line."""
        stake = self.reason if self.at_stake_us is None else f"{self.at_stake_minutes:,} min at stake"
        return f"{self.sentence}: {stake}; settled by {self.keyword}"


def in_order_of_stake(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings, the most time at stake first, those without any last; equal ones in the order of FindingCode."""
    codes = list(FindingCode)
    by_code = sorted(findings, key=lambda finding: codes.index(finding.code))
    return tuple(sorted(by_code, key=_rank, reverse=True))


def _rank(finding: Finding) -> int:
    """Return the time at stake; less than any where there is none."""
    return -1 if finding.at_stake_us is None else finding.at_stake_us


def counted_rows(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted_rows(2, "unknown severity"), counted_rows(2, "key")
    ('2 unknown severities', '2 keys')
    """
    plural = f"{noun[:-1]}ies" if noun.endswith("ty") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"
