"""MeasuredDay: what was measured of one local day as stores and caches keep it, and its key."""
################################################################
# A measured day holds lengths, never a percentage: every target and every
# accounting is answered from it. It keeps its own bounds, so new zone rules
# change nothing about a day that was measured under old ones.
#
# Its key says whose it is and what changes the ledger: the policy's measurement
# fingerprint (not its target, not its accounting), the zone, the local date, and
# a digest of what was agreed with the tenant, as far as it touches the day
# (service hours, in service, monitored). Maintenance and exclusions are facts, as
# alarms are: they change under a key, and a change of them is reported.
#
# What a reader must know of the rows behind a day is kept as facts, not as
# sentences: the facts of several days make the sentences of their range
# (quality.py). Codes are stored for good: one may be added, none may go.
#
# A day is closed once nothing but a change of facts can alter it: the instant of
# evaluation is past its end by the margin of damping and by stale_after.
#
# Machines share days, and their clocks differ. A day that was measured, or written,
# later than now by more than CLOCK_TOLERANCE was so by a clock that is ahead: it may
# hold what has not happened, so it does not hold.
################################################################

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from sla_compliance.certainty import UNSEEN_AFTER, DoubtCause
from sla_compliance.errors import InvalidTypeError, InvalidValueError, shown
from sla_compliance.ledger import CellLengths
from sla_compliance.policy import SLAPolicy
from sla_compliance.units import MICROSECOND

RULES_VERSION: Final = 1
"""Version of the rules that make cells of rows; raised when the same rows come to other cells."""
CLOCK_TOLERANCE: Final = dt.timedelta(seconds=5)
"""How far the clocks of machines that share days may differ."""


@dataclass(frozen=True, slots=True)
class DayKey:
    """Whose day it is and how it was measured.

    Attributes:
        tenant_id: any text at all.
        measurement: the policy's measurement fingerprint.
        agreement: a digest of the tenant's settings that touch the day.
        zone: the tenant's zone, an IANA name.
        date: the local date.
    """

    tenant_id: str
    measurement: str
    agreement: str
    zone: str
    date: dt.date


class FactCode(StrEnum):
    """What a fact about the rows behind a day says; the order is that of the sentences."""

    CUT_DATE = "CUT_DATE"
    """A date is left out of the totals: rows of its beginning have been purged; of a range, kept with no day."""
    CORRECTED = "CORRECTED"
    """A row was corrected by hand; its name is the row, what, by whom and why."""
    UNUSED_CORRECTION = "UNUSED_CORRECTION"
    """A correction changes nothing; its name is the row, the author and why."""
    ASSUMPTION = "ASSUMPTION"
    """The reader of rows assumed what they do not say; its name is the sentence."""
    BAD_ROW = "BAD_ROW"
    """A row was set aside; its name is what is wrong with it, from the row's place on."""
    ASSUMED_END = "ASSUMED_END"
    """An alarm says that it is over without a time; it ends when last seen."""
    RAISED_IN_1970 = "RAISED_IN_1970"
    """An alarm was raised on 1970-01-01, by a clock never set; it counts."""
    OVERWRITTEN_SEVERITY = "OVERWRITTEN_SEVERITY"
    """A row's severity was overwritten with "cleared"; it does not count."""
    CLAMPED_SHARE = "CLAMPED_SHARE"
    """A measured share lay outside 0-100 %; its name is the start of its time bucket."""
    OPEN_ALARM = "OPEN_ALARM"
    """An alarm is still active and was seen within 7 days; a fact of the day that holds the instant of evaluation."""
    STALE_ALARM = "STALE_ALARM"
    """An alarm is still active and unseen for 7 days; the length is agreed time that only such alarms take down."""
    UNKNOWN_LAST_SIGHT = "UNKNOWN_LAST_SIGHT"
    """An alarm is still active and nothing says when it was last seen; its name says when it was raised."""
    KEYLESS_IN_DOUBT = "KEYLESS_IN_DOUBT"
    """A row may qualify and names no key; it is in no key's figure, and in doubt for each."""
    KEYLESS_OF_EVERYBODY = "KEYLESS_OF_EVERYBODY"
    """A row may qualify and names no key; as agreed it is every key's."""
    KEYLESS_OF_NOBODY = "KEYLESS_OF_NOBODY"
    """A row may qualify and names no key; as agreed it is no key's."""
    UNMATCHED_EXCLUSION = "UNMATCHED_EXCLUSION"
    """A targeted exclusion names what no alarm here has."""
    TARGETED_EXCLUSION = "TARGETED_EXCLUSION"
    """A targeted exclusion took alarms out; count and length are theirs."""
    LATE_WORK = "LATE_WORK"
    """Accepted work was announced or entered after its start; its name is the window."""
    REFUSED_WORK = "REFUSED_WORK"
    """Planned work excuses nothing; its name is the window and why, the length is what was refused."""
    NO_ROWS = "NO_ROWS"
    """No row was read for any day of a range; a fact of the range, kept with no day."""
    OPEN_UNSEEN = "OPEN_UNSEEN"
    """An alarm that met the day was open at the instant of evaluation and not seen since the day's end; not shown."""
    LEGACY = "LEGACY"
    """A sentence that version 1 of the stored days kept; its name is the sentence."""


DOUBT_PREFIX: Final = "DOUBT_"
"""A fact of this code and a DoubtCause names doubtful rows; the one without a name has the time at stake."""


@dataclass(frozen=True, slots=True)
class DayFact:
    """Something about the rows behind a day.

    Attributes:
        code: what it says, a FactCode; text that a later version of this library wrote stays as it is.
        name: the row or exclusion that it is about, as people know it; "" for what no name is kept of.
        count: how many rows or alarms it is about.
        length_us: the time it is about, microseconds.
    """

    code: str
    name: str
    count: int = 1
    length_us: int = 0

    def as_dict(self) -> dict[str, object]:
        """Return it in JSON types."""
        return {"code": str(self.code), "name": self.name, "count": self.count, "length_us": self.length_us}

    @classmethod
    def from_dict(cls, value: object) -> Self:
        """Return the fact that `as_dict` wrote; other keys are ignored.

        Raises:
            InvalidTypeError: it is no dict with texts and integers under these four names.
            InvalidValueError: a number is negative.
        """
        parts = value if isinstance(value, dict) else {}
        code, name, count, length_us = map(parts.get, ("code", "name", "count", "length_us"))
        # bool is an int for isinstance, and JSON has both.
        if type(code) is not str or type(name) is not str or type(count) is not int or type(length_us) is not int:
            raise InvalidTypeError(f"fact is {shown(value)}; give what DayFact.as_dict returns", field="fact")
        if count < 0 or length_us < 0:
            raise InvalidValueError(
                f"fact has count {shown(count)} and length_us {shown(length_us)}; give numbers from 0 on", field="fact"
            )
        return cls(code, name, count, length_us)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredDay:
    """What was measured of one local day.

    Attributes:
        date: the local date.
        start_us, end_us: its bounds by the zone rules of the time.
        cells_us: length of each (scope, state), microseconds, in label order; they sum to the day's length.
        optimistic_cells_us, pessimistic_cells_us: the same in the two other readings of the rows; None where they do
            not differ from `cells_us`.
        facts: what a reader must know of the rows behind it.
        rows_read: how many rows of the source meet the day, widened as damping looks, qualifying or not.
        rules_version: RULES_VERSION when it was measured; 0 where that is not known.
        as_of_us: the instant of evaluation.
        tz_version: of the zone rules.
    """

    date: dt.date
    start_us: int
    end_us: int
    cells_us: CellLengths
    optimistic_cells_us: CellLengths | None = None
    pessimistic_cells_us: CellLengths | None = None
    facts: tuple[DayFact, ...] = ()
    rows_read: int
    rules_version: int = RULES_VERSION
    as_of_us: int
    tz_version: str

    def is_closed(self, policy: SLAPolicy) -> bool:
        """Return whether nothing but a change of facts can alter the day."""
        return closes_at_us(self.end_us, policy) + self._wait_us <= self.as_of_us

    @property
    def is_over(self) -> bool:
        """Whether it can be closed: under a policy without damping and without stale_after it is."""
        return self.end_us + self._wait_us <= self.as_of_us

    @property
    def _wait_us(self) -> int:
        # An alarm open and unseen since the day's end becomes doubtful seven days later, without any change of facts.
        may_become_doubtful = any(fact.code == FactCode.OPEN_UNSEEN for fact in self.facts)
        return UNSEEN_AFTER // MICROSECOND if may_become_doubtful else 0

    def objection(self, written_us: int, now_us: int) -> str:
        """Return why a day that was kept does not hold now; empty where it does.

        Args:
            written_us: when it was written.
            now_us: the present moment of the reader.
        """
        if is_ahead(max(self.as_of_us, written_us), now_us):
            return "it was measured or written later than now, by a clock that is ahead"
        if self.rules_version > RULES_VERSION:
            return f"it was measured by rules of version {self.rules_version}; here they are of {RULES_VERSION}"
        return ""

    @property
    def has_readings(self) -> bool:
        """Whether both other readings are known; a day stored by version 1 has none."""
        return self.rules_version > 0

    @property
    def is_input_whole(self) -> bool:
        """Whether no doubt of the whole input leaves the day unconfirmed."""
        no_start = f"{DOUBT_PREFIX}{DoubtCause.NO_START}"
        return self.has_readings and not any(fact.code == no_start for fact in self.facts)


def closes_at_us(end_us: int, policy: SLAPolicy) -> int:
    """Return the instant from which on a day that ends at `end_us` is closed."""
    stale_us = 0 if policy.stale_after is None else policy.stale_after // MICROSECOND
    return end_us + policy.margin_us + stale_us


def is_ahead(clock_us: int, now_us: int) -> bool:
    """Return whether one clock is ahead of another by more than clocks may differ."""
    return clock_us - now_us > CLOCK_TOLERANCE // MICROSECOND
