"""A log of state changes (key, time, state) to a batch of alarms; the rule stands in change_reader.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sla_compliance.batch import AlarmBatch
from sla_compliance.rows.change_reader import Before, ChangeFormat, ChangeReader
from sla_compliance.rows.frames import NativeFrame, error_of_frame, is_frame
from sla_compliance.rows.mappings import error_of_rows, pieces_of
from sla_compliance.rows.times import Epoch
from sla_compliance.rows.words import Words
from sla_compliance.validation import OnInvalid


def alarms_from_changes(
    rows: Iterable[Mapping[Any, Any]] | NativeFrame,
    *,
    down: Words,
    up: Words | None = None,
    key: str | None = None,
    at: str = "at",
    state: str = "state",
    before: Before = "auto",
    times_in: str | None = None,
    epoch: Epoch | None = None,
    on_invalid: OnInvalid = "raise",
) -> AlarmBatch:
    """Return the outages that a log of state changes describes: a row a change, of when, what and into which state.

    What is still down at the end of the log is an open alarm. Time of which the state is not known is not monitored;
    in `evaluate_each` that is each key's own, and a key that never failed has a report too. A log in which no row says
    down confirms the time that it observed where `up` is given; else a word of `down` may be misspelt.

    Args:
        rows: mappings, as for `alarms_from_rows`, or a frame, as for `alarms_from_frame`; in any order.
        down: the word of a state that is down, or several; in any case.
        up: the same for up; by default every other word is up. With it, a word that is neither is a bad row.
        key: the column of what changes, e.g. "monitor"; None where the log is about one thing. It becomes
            `resource_id`, and a column of its own name.
        at, state: the columns of when and into which state. Names with dots reach into objects.
        before: the state of a key before its first row: "auto" (up since the log's first row where that row is down,
            and the batch says so; unknown where it is up), "unknown", "up" or "down".
        times_in, epoch: as `alarms_from_rows`.
        on_invalid: "raise", or "quarantine": a bad row may then be down until the next row of its key.

    Raises:
        InvalidAlarmsError: rows are bad and `on_invalid` is "raise".
        InvalidTypeError: a row is no mapping, or an option has the wrong type.
        InvalidValueError: the rows lack a column, a frame's column has a type that names no time, or an option is
            not one.
        MissingExtraError: a package that reads frames is not installed.

    Cost: a sort of the rows by time; all of their times, keys and states are in memory.

    >>> log = [
    ...     {"at": "2026-03-03T01:00:00Z", "monitor": "web", "state": "up"},
    ...     {"at": "2026-03-03T05:00:00Z", "monitor": "web", "state": "down"},
    ...     {"at": "2026-03-03T10:00:00Z", "monitor": "web", "state": "up"},
    ... ]
    >>> batch = alarms_from_changes(log, down="down", key="monitor")
    >>> batch.alarm(0).first_occurrence.hour, batch.alarm(0).cleared_at.hour, batch.alarm(0).resource_id
    (5, 10, 'web')
    """
    change_format = ChangeFormat(
        down=down, up=up, key=key, at=at, state=state, before=before, times_in=times_in, epoch=epoch
    )
    reader = ChangeReader(change_format, on_invalid)
    if is_frame(rows):
        _add_frame(rows, change_format, reader)
    else:
        _add_mappings(rows, change_format, reader)
    return reader.batch()


def _add_mappings(rows: Any, change_format: ChangeFormat, reader: ChangeReader) -> None:  # noqa: ANN401 - checked here
    """Add mappings to a reader, piece by piece."""
    their_names: dict[str, None] = {}
    for piece in pieces_of(rows):
        their_names.update(dict.fromkeys(piece.columns))
        change_format.check_names(their_names, error_of_rows)
        reader.add(piece.columns, piece.row_count, row_faults=piece.row_faults)


def _add_frame(frame: NativeFrame, change_format: ChangeFormat, reader: ChangeReader) -> None:
    """Add the rows of a frame to a reader."""
    from sla_compliance.rows.arrow import eager_frame, frame_columns  # noqa: PLC0415 - needs narwhals

    # Names first: a frame may have too many columns to make each of them.
    eager = eager_frame(frame)
    change_format.check_names(eager.columns, error_of_frame)
    columns, row_count = frame_columns(eager)
    reader.add(columns, row_count)
