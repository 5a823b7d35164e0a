"""Rows of a frame or a batch as arrays: when the alarms of each key were active, and which keys are in doubt."""
################################################################
# A frame whose columns leave nothing open is read by whole columns: its times are
# instants, its words of severity and status are read once each, no row is reversed
# or over without a time, no id is there twice. Any other goes through the gate of all
# rows (validation.py), and what comes out of it becomes arrays.
#
# The timeline knows one doubt, open alarms that nothing has seen for a while. Keys
# with rows of any other doubt are the core's.
################################################################

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import narwhals.stable.v2 as nw
import numpy as np

from sla_compliance.alarms import ALARM_COLUMNS, INSTANT_COLUMNS, AlarmFilter, ColumnKind, Severity
from sla_compliance.batch import AlarmBatch
from sla_compliance.columns import TENANT_COLUMN
from sla_compliance.frames.keys import KeysOfFrame
from sla_compliance.instant_columns import YEAR_2_US, YEAR_9999_US
from sla_compliance.rows.arrow import FrameColumn
from sla_compliance.rows.reading import RowFormat
from sla_compliance.timeline.line import Flags, Int64s
from sla_compliance.validation import END_COLUMNS, NEEDED_INSTANT, STILL_ACTIVE_US, says_over

_ABSENT_US: Final = -(2**63)
_KINDS: Final[Mapping[str, ColumnKind]] = {
    **{column.name: column.kind for column in ALARM_COLUMNS},
    TENANT_COLUMN: ColumnKind.KEY,
}


@dataclass(frozen=True, slots=True)
class ActiveRows:
    """When the qualifying alarms of many keys were active, as columns of one length.

    Attributes:
        ranks: the number of each row's key, never -1.
        starts_us, ends_us: STILL_ACTIVE_US while active.
        last_sights_us: when each was last seen, at the earliest its start.
    """

    ranks: Int64s
    starts_us: Int64s
    ends_us: Int64s
    last_sights_us: Int64s


class NotCleanError(Exception):
    """A frame must go through the gate; the text says why. It never leaves this room."""


def rows_of_clean_frame(
    frame: nw.DataFrame[Any],
    their_names: Mapping[str, object],
    keys: KeysOfFrame,
    row_format: RowFormat,
    wanted: AlarmFilter,
) -> ActiveRows:
    """Return the qualifying rows of a frame that leaves nothing open.

    Args:
        their_names: the frame's names of columns, by ours; no text where a name reaches into objects.

    Raises:
        NotCleanError: it does, or may.
    """
    whole_columns = {ours: theirs for ours, theirs in their_names.items() if isinstance(theirs, str)}
    if len(whole_columns) < len(their_names):
        raise NotCleanError("columns reach into objects")
    if not len(frame):
        raise NotCleanError("there are no rows")
    if (keys.ranks < 0).any():
        raise NotCleanError("rows without a key")
    columns = _CleanColumns(frame, whole_columns)
    columns.check_types()
    starts = columns.instants(NEEDED_INSTANT)
    if starts is None or starts.min() == _ABSENT_US:
        raise NotCleanError("rows without a start")
    ends = columns.ends_us(starts)
    columns.check_ids()
    is_qualifying = columns.qualifying(row_format, wanted, is_open=ends == STILL_ACTIVE_US)
    seen = columns.instants("last_occurrence")
    last_sights = starts if seen is None else np.maximum(starts, seen)
    if is_qualifying is None:
        return ActiveRows(keys.ranks, starts, ends, last_sights)
    return ActiveRows(keys.ranks[is_qualifying], starts[is_qualifying], ends[is_qualifying], last_sights[is_qualifying])


class _CleanColumns:
    """The columns of a frame, as arrays."""

    def __init__(self, frame: nw.DataFrame[Any], their_names: Mapping[str, str]) -> None:
        self._frame = frame
        self._their_names = their_names
        self._instants: dict[str, Int64s | None] = {}
        self._has_gaps: dict[str, bool] = {}
        self._distinct: dict[str, list[Any]] = {}

    def _series(self, name: str) -> nw.Series[Any] | None:
        if name not in self._their_names:
            return None
        series = self._frame[self._their_names[name]]
        # PyArrow compares no words of a dictionary.
        return series.cast(nw.String) if series.dtype in (nw.Categorical, nw.Enum) else series

    def check_types(self) -> None:
        """Check that no value of a column of alarms can be a fault, but for times out of order."""
        for name, kind in _KINDS.items():
            series = self._series(name)
            if series is None:
                continue
            dtype = series.dtype
            if kind is ColumnKind.INSTANT:
                is_clean = isinstance(dtype, nw.Datetime) and dtype.time_zone is not None
            elif kind is ColumnKind.COUNT:
                is_clean = dtype.is_integer()
            else:
                is_clean = dtype.is_integer() or dtype == nw.String
            if not is_clean and series.null_count() < len(series):
                raise NotCleanError(f"column {name} is {dtype}")
        for name in INSTANT_COLUMNS:
            instants = self.instants(name)
            if instants is None:
                continue
            present = instants[instants != _ABSENT_US] if self._has_gaps[name] else instants
            if present.min() < YEAR_2_US or present.max() >= YEAR_9999_US:
                raise NotCleanError(f"column {name} has times at the ends of the calendar")

    def instants(self, name: str) -> Int64s | None:
        """Return a column of instants, _ABSENT_US where missing; None where no row has one."""
        if name not in self._instants:
            self._instants[name] = self._read_instants(name)
        return self._instants[name]

    def _read_instants(self, name: str) -> Int64s | None:
        series = self._series(name)
        if series is None:
            return None
        missing_count = series.null_count()
        if missing_count == len(series):
            return None
        self._has_gaps[name] = missing_count > 0
        present = series.drop_nulls() if missing_count else series
        instants: Int64s = present.dt.timestamp("us").to_numpy().astype(np.int64, copy=False)
        if not missing_count:
            return instants
        values = np.full(len(series), _ABSENT_US, dtype=np.int64)
        values[~series.is_null().to_numpy()] = instants
        return values

    def ends_us(self, starts: Int64s) -> Int64s:
        """Return when each row says it was over, STILL_ACTIVE_US where it does not; as validation.stated_ends.

        Raises:
            NotCleanError: a row is reversed.
        """
        columns = [instants for instants in map(self.instants, END_COLUMNS) if instants is not None]
        ends = np.full(len(starts), _ABSENT_US, dtype=np.int64) if not columns else columns[0]
        for stated in columns[1:]:
            ends = np.where(ends == _ABSENT_US, stated, ends)
        is_open = ends == _ABSENT_US
        if is_open.any():
            ends = np.where(is_open, STILL_ACTIVE_US, ends)
        if (ends < starts).any():
            raise NotCleanError("rows end before they start")
        return ends

    def check_ids(self) -> None:
        """Check that no id is there twice."""
        ids = self._series("id")
        present = None if ids is None else ids.drop_nulls()
        if present is not None and present.n_unique() < len(present):
            raise NotCleanError("rows share an id")

    def qualifying(self, row_format: RowFormat, wanted: AlarmFilter, *, is_open: Flags) -> Flags | None:
        """Return which rows qualify; None where all do.

        Raises:
            NotCleanError: a word cannot be read, a severity was overwritten, or a row is over without a time.
        """
        types = self._words("alarm_type")
        excluded_types = {
            word for word in types if word is not None and str(word).lower() in wanted.excluded_alarm_types
        }
        parts = [
            self._of_severity(row_format, wanted),
            self._of_status(row_format, wanted, is_open),
            self._where("alarm_type", set(types) - excluded_types),
        ]
        flags = [part for part in parts if part is not None]
        return np.logical_and.reduce(flags) if flags else None

    def _of_severity(self, row_format: RowFormat, wanted: AlarmFilter) -> Flags | None:
        words = self._words("severity")
        if not words:
            return None if Severity.CRITICAL in wanted.severities else np.zeros(len(self._frame), dtype=bool)
        severities, faults = row_format.severities.read_column(words)
        if faults or not all(isinstance(severity, Severity) for severity in severities):
            raise NotCleanError("severity has words that cannot be read")
        if Severity.CLEARED in severities and Severity.CLEARED not in wanted.severities:
            raise NotCleanError("severities were overwritten with cleared")
        pairs = zip(words, severities, strict=True)
        return self._where("severity", {word for word, severity in pairs if severity in wanted.severities})

    def _of_status(self, row_format: RowFormat, wanted: AlarmFilter, is_open: Flags) -> Flags | None:
        words = self._words("status")
        status_by_word = dict(zip(words, row_format.statuses.read_column(words), strict=True))
        over = {word for word, status in status_by_word.items() if says_over(status)}
        if over:
            is_over = self._where("status", over)
            if (is_open if is_over is None else is_open & is_over).any():
                raise NotCleanError("rows are over without a time")
        qualifying = {
            word
            for word, status in status_by_word.items()
            if status is None or str(status).lower() not in wanted.excluded_statuses
        }
        return self._where("status", qualifying)

    def _words(self, name: str) -> list[Any]:
        """Return the distinct values of a column, None where absent; none where there is no such column."""
        if name not in self._distinct:
            series = self._series(name)
            values = [] if series is None else FrameColumn(series.unique(maintain_order=False)).cells()
            self._distinct[name] = list(dict.fromkeys(None if value == "" else value for value in values))
        return self._distinct[name]

    def _where(self, name: str, words: Collection[Any]) -> Flags | None:
        """Return which rows have one of some distinct values of a column; None where all do."""
        series = self._series(name)
        if series is None or len(words) == len(self._words(name)):
            return None
        present_words = [word for word in words if word is not None]
        # PyArrow gives no words at all a type that no column has.
        is_there = (
            series.is_in(present_words).fill_null(value=False).to_numpy()
            if present_words
            else np.zeros(len(series), dtype=bool)
        )
        if None in words:
            is_there = is_there | series.is_null().to_numpy()
            if series.dtype == nw.String:
                is_there = is_there | (series == "").fill_null(value=False).to_numpy()
        flags: Flags = is_there.astype(bool)
        return flags


def rows_of_batch(batch: AlarmBatch, keys: KeysOfFrame, wanted: AlarmFilter) -> tuple[ActiveRows, dict[str, str]]:
    """Return the qualifying rows of a batch, and why some keys are in doubt by more than open alarms, by their texts.

    Args:
        batch: with the column of the keys; each of its rows names one.
    """
    in_doubt: dict[str, str] = {}
    column = batch.columns[keys.column]
    for rejected in batch.rejected:
        in_doubt[str(rejected.columns.get(keys.column))] = "rows were set aside"
    for row in batch.undated:
        in_doubt[str(column[row])] = "rows are over without a time"
    if batch.disputed_ids:
        for key, row_id in zip(column, batch.columns["id"], strict=True):
            if row_id in batch.disputed_ids:
                in_doubt[str(key)] = "rows of one id disagree"
    severities = batch.columns.get("severity", ())
    if Severity.CLEARED not in wanted.severities and Severity.CLEARED in severities:
        for key, severity in zip(column, severities, strict=True):
            if severity is Severity.CLEARED:
                in_doubt[str(key)] = "severities were overwritten with cleared"
    qualifying = batch.qualifying(wanted)
    number_by_text = {text: number for number, text in enumerate(keys.texts)}
    number_by_key = {key: number_by_text[str(key)] for key in set(qualifying.columns[keys.column])}
    ranks = map(number_by_key.__getitem__, qualifying.columns[keys.column])
    starts = np.array(qualifying.starts_us, dtype=np.int64)
    last_seen = qualifying.last_seen_us
    seen = (
        starts
        if last_seen is None
        else np.array([_ABSENT_US if at is None else at for at in last_seen], dtype=np.int64)
    )
    rows = ActiveRows(
        np.fromiter(ranks, dtype=np.int64, count=len(starts)),
        starts,
        np.array(qualifying.ends_us, dtype=np.int64),
        np.maximum(starts, seen),
    )
    return rows, in_doubt
