"""Corrections: what people know better than a row, put into rows before they are judged."""
################################################################
# A correction names a row by its `id` (compared as text) and says when it started
# or ended, how severe it was, or that it is void. It never changes a figure by
# itself: the row is judged as if it had said so.
#
# Corrections are kept in order of `entered_at`, those of one instant as given. The
# last one of a row and field counts. A row that is void is no alarm at all, until a
# later correction of the same row says when it was or how severe.
#
# Several rows of one id are corrected together where they are one alarm: where their
# times overlap as one group. Where they lie apart, or a time of theirs cannot be
# read, it is not known which of them is meant. Such a correction, and one of an id
# that no row has, changes nothing and is listed.
################################################################

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sla_compliance.alarms import Severity, severity_of
from sla_compliance.checks import check_order, check_type, checked_text, listed, listed_keys, wrong_value
from sla_compliance.columns import Column, is_absent
from sla_compliance.errors import InvalidValueError
from sla_compliance.identity import connected_groups
from sla_compliance.intervals import ALWAYS_START_US
from sla_compliance.units import instant_us
from sla_compliance.validation import NEEDED_INSTANT, RowValidation, stated_ends

_VOID: Final = "void"
NO_SUCH_ROW: Final = "no row has this id"
SEVERAL_ALARMS: Final = "several alarms have this id"


@dataclass(frozen=True, slots=True, init=False)
class Correction:
    """What somebody knows better than a row of alarms.

    Attributes:
        row_id: the `id` of the row, compared as text.
        ends, starts: when the alarm was over, and was raised, aware; None: as the row says.
        severity: how severe it was; None: as the row says.
        void: whether there was no such alarm.
        reason: why the row is wrong.
        author: who says so.
        entered_at: when it was entered, aware; the last correction of a row and field counts.

    Raises:
        InvalidTypeError, InvalidValueError: an argument is bad, none of the four is given, or `void` with others.
        InvalidIntervalError: it ends before it starts.
    """

    row_id: Hashable
    ends: datetime | None
    starts: datetime | None
    severity: Severity | None
    void: bool
    reason: str
    author: str
    entered_at: datetime

    def __init__(
        self,
        row_id: Hashable,
        *,
        ends: datetime | None = None,
        starts: datetime | None = None,
        severity: str | None = None,
        void: bool = False,
        reason: str,
        author: str,
        entered_at: datetime,
    ) -> None:
        if is_absent(listed_keys([row_id], "row_id")[0]):
            raise wrong_value(None, "row_id", "the id of a row")
        instant_us(entered_at, field="entered_at")
        starts_us = None if starts is None else instant_us(starts, field="starts")
        ends_us = None if ends is None else instant_us(ends, field="ends")
        if starts_us is not None and ends_us is not None:
            check_order(starts_us, ends_us, start=starts, end=ends, field="ends")
        check_type(void, bool, "void", "True or False")
        for name, text in (("reason", reason), ("author", author)):
            if not checked_text(text, name).strip():
                raise wrong_value(text, name, "text: a correction says who made it and why")
        if void == any(value is not None for value in (ends, starts, severity)):
            raise InvalidValueError(
                "void stands alone; give either void=True, or ends, starts or severity", field="void"
            )
        known_severity = None if severity is None else severity_of(severity, field="severity")
        if known_severity is Severity.CLEARED:
            raise wrong_value(severity, "severity", "the one that the alarm had before it was cleared")
        # A frozen dataclass takes its fields in __init__ by object.__setattr__ alone.
        object.__setattr__(self, "row_id", row_id)
        object.__setattr__(self, "ends", ends)
        object.__setattr__(self, "starts", starts)
        object.__setattr__(self, "severity", known_severity)
        object.__setattr__(self, "void", void)
        object.__setattr__(self, "reason", reason)
        object.__setattr__(self, "author", author)
        object.__setattr__(self, "entered_at", entered_at)

    @property
    def fields(self) -> tuple[str, ...]:
        """Which of the four it says."""
        stated = [name for name in ("starts", "ends", "severity") if getattr(self, name) is not None]
        return tuple(stated) or (_VOID,)

    def line(self, name: str) -> str:
        """Return in words what it says of one field, who says so, and why."""
        value = getattr(self, name)
        what = _VOID if name == _VOID else f"{name} {value.isoformat() if isinstance(value, datetime) else value}"
        return f"row {self.row_id} {what}, by {self.author}: {self.reason}"


@dataclass(frozen=True, slots=True)
class CorrectedRow:
    """A row that was corrected by hand.

    Attributes:
        lines: what was corrected, by whom and why, a sentence for each field.
        columns: what the row says otherwise, by column name.
        start_us, end_us: the time that it concerns: of the row as it stands and as corrected.
    """

    lines: tuple[str, ...]
    columns: Mapping[str, object] = field(hash=False)
    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True)
class UnusedCorrection:
    """A correction that changes nothing.

    Attributes:
        correction: it.
        reason: why.
    """

    correction: Correction
    reason: str

    @property
    def line(self) -> str:
        """The same in words."""
        return f"row {self.correction.row_id}, by {self.correction.author}: {self.reason}"


def checked_corrections(corrections: Iterable[Correction]) -> tuple[Correction, ...]:
    """Return several corrections in the order in which they count.

    Raises:
        InvalidTypeError: they are not several Correction.
    """
    correction_list = listed(corrections, "corrections", "several Correction")
    for index, correction in enumerate(correction_list):
        check_type(correction, Correction, f"corrections[{index}]", "a Correction")
    return tuple(sorted(correction_list, key=lambda correction: instant_us(correction.entered_at, field="entered_at")))


def rows_of_ids(ids: Iterable[Any], texts: Iterable[str]) -> dict[str, list[int]]:
    """Return the rows, by index, of each id that reads as one of some texts."""
    id_texts = frozenset(texts)
    rows: dict[str, list[int]] = defaultdict(list)
    for row, key in enumerate(ids):
        if key is not None and (text := str(key)) in id_texts:
            rows[text].append(row)
    return rows


class RowCorrections:
    """Corrections put into the columns of one input.

    Attributes:
        void_rows: rows that are no alarms.
        unused: the corrections that change nothing.
    """

    def __init__(self, corrections: Iterable[Correction]) -> None:
        """Keep what the corrections of each row come to; they are in the order in which they count."""
        self.void_rows: set[int] = set()
        self.unused: list[UnusedCorrection] = []
        self._corrections_by_row: dict[int, Mapping[str, Correction]] = {}
        self._former_bounds: dict[int, tuple[int | None, int]] = {}
        self._corrections_by_id: dict[str, dict[str, Correction]] = defaultdict(dict)
        for correction in corrections:
            last_of_row = self._corrections_by_id[str(correction.row_id)]
            if correction.void:
                last_of_row.clear()
            else:
                last_of_row.pop(_VOID, None)
            last_of_row.update(dict.fromkeys(correction.fields, correction))

    def apply(self, validation: RowValidation, instants: dict[str, Sequence[Any]], columns: dict[str, Column]) -> None:
        """Put the corrections into columns, which get new lists, and drop the faults of what they replace."""
        if not self._corrections_by_id:
            return
        rows_by_id = rows_of_ids(columns.get("id", ()), self._corrections_by_id)
        starts, cleared = list(instants[NEEDED_INSTANT]), list(instants["cleared_at"])
        instants |= {NEEDED_INSTANT: starts, "cleared_at": cleared}
        ends = stated_ends(cleared, instants.get("resolved_at"))
        severities = list(columns.get("severity", ())) or [Severity.CRITICAL] * len(starts)
        for text, last_of_row in self._corrections_by_id.items():
            rows = rows_by_id.get(text, [])
            readable = {
                row: (starts[row], ends[row]) for row in rows if NEEDED_INSTANT not in validation.unreadable[row]
            }
            if len(rows) > 1 and not _are_one_alarm(rows, readable):
                rows = []
            if not rows:
                reason = SEVERAL_ALARMS if text in rows_by_id else NO_SUCH_ROW
                self.unused += [UnusedCorrection(correction, reason) for correction in _distinct(last_of_row.values())]
            for row in rows:
                self._corrections_by_row[row] = last_of_row
                self._former_bounds[row] = (readable[row][0] if row in readable else None, ends[row])
                self._correct(row, last_of_row, validation, (starts, cleared), severities)
        if any("severity" in last_of_row for last_of_row in self._corrections_by_row.values()):
            columns["severity"] = tuple(severities)

    def _correct(
        self,
        row: int,
        last_of_row: Mapping[str, Correction],
        validation: RowValidation,
        bounds: tuple[list[Any], list[Any]],
        severities: list[Any],
    ) -> None:
        starts, cleared = bounds
        if _VOID in last_of_row:
            self.void_rows.add(row)
            validation.settle(row)
            cleared[row] = starts[row]  # whatever else the row says, it is not judged
        if "starts" in last_of_row:
            starts[row] = instant_us(last_of_row["starts"].starts, field="starts")  # type: ignore[arg-type]
            validation.settle(row, NEEDED_INSTANT)
        if "ends" in last_of_row:
            cleared[row] = instant_us(last_of_row["ends"].ends, field="ends")  # type: ignore[arg-type]
            validation.settle(row, "cleared_at", "resolved_at")
        if "severity" in last_of_row:
            severities[row] = last_of_row["severity"].severity
            validation.settle(row, "severity")

    def corrected_rows(
        self, starts: Sequence[int], ends: Sequence[int], columns: Mapping[str, Column], unreadable: set[int]
    ) -> tuple[CorrectedRow, ...]:
        """Return the rows that were corrected.

        Args:
            starts, ends, columns: of all rows, as judged.
            unreadable: rows whose start cannot be read, corrected or not.
        """
        corrected = []
        for row, last_of_row in self._corrections_by_row.items():
            former_start_us, former_end_us = self._former_bounds[row]
            new_starts = [] if row in unreadable or row in self.void_rows else [starts[row]]
            known_starts = [*new_starts, *([] if former_start_us is None else [former_start_us])]
            start_us = min(known_starts, default=ALWAYS_START_US)
            end_us = max(start_us, former_end_us, ends[row])
            lines = tuple(correction.line(name) for name, correction in last_of_row.items())
            corrected.append(
                CorrectedRow(lines, {name: column[row] for name, column in columns.items()}, start_us, end_us)
            )
        return tuple(corrected)


def _are_one_alarm(rows: Sequence[int], readable: Mapping[int, tuple[int, int]]) -> bool:
    """Return whether the times of all rows of an id can be read and overlap as one group."""
    groups = connected_groups({row: bounds for row, bounds in readable.items() if bounds[0] < bounds[1]})
    return len(groups) == 1 and len(groups[0]) == len(rows)


def _distinct(corrections: Iterable[Correction]) -> list[Correction]:
    distinct: list[Correction] = []
    for correction in corrections:
        if correction not in distinct:
            distinct.append(correction)
    return distinct
