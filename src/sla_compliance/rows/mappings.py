"""Mappings to a batch of alarms: dicts, rows of csv.DictReader and of databases."""
################################################################
# Rows are read piece by piece: the columns of a piece are all names that one of its
# rows has, and a row without a name has no value there.
#
# csv.DictReader puts the fields that a row has too many under None: such a row is
# a fault, for its values may stand under the wrong names.
################################################################

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, islice
from typing import Any, Final

from sla_compliance.batch import AlarmBatch
from sla_compliance.checks import wrong_type
from sla_compliance.corrections import Correction
from sla_compliance.errors import InvalidValueError, SLAComplianceError
from sla_compliance.rows.names import check_texts
from sla_compliance.rows.reading import RowFormat, RowReader
from sla_compliance.rows.times import Epoch
from sla_compliance.rows.words import WordMap
from sla_compliance.validation import OnInvalid

PIECE_ROWS: Final = 4096
_ROWS_EXPECTED: Final = "mappings, such as dicts, rows of csv.DictReader or of SQLAlchemy's result.mappings()"


def alarms_from_rows(
    rows: Iterable[Mapping[Any, Any]],
    *,
    columns: Mapping[str, str] | None = None,
    times_in: str | None = None,
    epoch: Epoch | None = None,
    severity_map: WordMap | None = None,
    status_map: WordMap | None = None,
    on_invalid: OnInvalid = "raise",
    clock_skew: timedelta = timedelta(0),
) -> AlarmBatch:
    """Return the alarms of some rows: dicts, rows of `csv.DictReader`, of SQLAlchemy's `result.mappings()`.

    Only `first_occurrence` is needed. Without a column `severity` every row counts as critical. Other columns that
    alarms do not have are carried along, for `evaluate_each` and targeted exclusions.

    Args:
        rows: mappings from names to values, read once and piece by piece. Times are aware datetimes, timestamps as
            text, and what the options allow besides. None, NaN, NaT, NA and the empty text are absent.
        columns: {our column: theirs}, e.g. {"first_occurrence": "raised_at"}; a column of ours that is not mapped is
            known by its name in any case. A name with dots reaches into objects: "labels.severity".
        times_in: the zone of times without an offset, an IANA name; without it they are refused.
        epoch: the unit of numbers that count from 1970: "s", "ms", "us" or "ns"; without it they are refused.
        severity_map: {our severity: theirs}, one word or several, "*" for all others; ours are read besides.
        status_map: {our status: theirs}, likewise; a status cleared, resolved or closed says that an alarm is over.
        on_invalid, clock_skew: as `AlarmBatch.from_alarms`.

    Raises:
        InvalidAlarmsError: rows are bad and `on_invalid` is "raise"; messages name the option that would read a value.
        InvalidTypeError: a row is no mapping, or an option has the wrong type.
        InvalidValueError: the rows lack a column, or an option is not one.

    Cost: one pass; the columns of the rows are in memory, the rows only piece by piece.

    >>> batch = alarms_from_rows(
    ...     [{"Time": "2026-03-03 08:00", "Recovery": "2026-03-03 09:00", "Severity": "Disaster"}],
    ...     columns={"first_occurrence": "Time", "cleared_at": "Recovery"},
    ...     times_in="Europe/Riga",
    ...     severity_map={"critical": ["Disaster", "High"], "minor": "*"},
    ... )
    >>> batch.alarm(0).first_occurrence.isoformat(), batch.alarm(0).severity
    ('2026-03-03T06:00:00+00:00', <Severity.CRITICAL: 'critical'>)
    """
    row_format = RowFormat(
        columns=columns, times_in=times_in, epoch=epoch, severity_map=severity_map, status_map=status_map
    )
    return batch_from_rows(rows, row_format, on_invalid, clock_skew)


def batch_from_rows(
    rows: Iterable[Mapping[Any, Any]],
    row_format: RowFormat,
    on_invalid: OnInvalid,
    clock_skew: timedelta = timedelta(0),
    corrections: Iterable[Correction] = (),
) -> AlarmBatch:
    """Return the alarms of some rows of a format; arguments and errors as `alarms_from_rows`."""
    reader = RowReader(row_format, on_invalid, clock_skew, corrections)
    their_names: dict[str, None] = {}
    for piece in pieces_of(rows):
        their_names.update(dict.fromkeys(piece.columns))
        row_format.check_names(their_names, error_of_rows)
        reader.add(row_format.names.named(piece.columns), piece.row_count, row_faults=piece.row_faults)
    if their_names:
        row_format.names.check_mapped(their_names, None, error_of_rows)
    return reader.batch()


@dataclass(frozen=True, slots=True)
class Piece:
    """Some consecutive rows, as columns.

    Attributes:
        columns: by their names; a row without a name has None there.
        row_count: how many rows they are.
        row_faults: what is wrong with whole rows, by index.
    """

    columns: Mapping[str, Sequence[Any]]
    row_count: int
    row_faults: Mapping[int, str]


def pieces_of(rows: Iterable[Mapping[Any, Any]]) -> Iterator[Piece]:
    """Yield mappings as pieces of columns.

    Raises:
        InvalidTypeError: `rows` is not several mappings, or a name is no text.
    """
    if isinstance(rows, str | bytes | Mapping) or not isinstance(rows, Iterable):
        raise wrong_type(rows, "rows", f"several {_ROWS_EXPECTED}")
    first_row = 0
    remaining = iter(rows)
    while mappings := list(islice(remaining, PIECE_ROWS)):
        _check_mappings(mappings, first_row)
        # A dict as an ordered set: the names in the order in which rows have them.
        names: dict[Any, None] = dict.fromkeys(chain.from_iterable(mappings))
        row_faults = _rows_of_too_many_fields(mappings) if None in names else {}
        names.pop(None, None)
        check_texts(names)
        columns = {}
        for name in names:
            columns[name] = [mapping.get(name) for mapping in mappings]
        yield Piece(columns, len(mappings), row_faults)
        first_row += len(mappings)


def _check_mappings(rows: Sequence[object], first_row: int) -> None:
    if set(map(type, rows)) <= {dict}:
        return
    for row, value in enumerate(rows, start=first_row):
        if not isinstance(value, Mapping):
            raise wrong_type(value, f"alarms[{row}]", _ROWS_EXPECTED)


def _rows_of_too_many_fields(rows: Sequence[Mapping[Any, Any]]) -> dict[int, str]:
    """Return the faults of rows of csv.DictReader that have more fields than the header: they stand under None."""
    return {row: "has more fields than the header" for row, mapping in enumerate(rows) if None in mapping}


def error_of_rows(fault: str) -> SLAComplianceError:
    """Return the error of a fault such as "has no column severity"."""
    return InvalidValueError(f"rows {fault}", field="rows")
