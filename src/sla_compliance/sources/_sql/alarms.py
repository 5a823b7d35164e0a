"""The one statement that reads a tenant's alarms, and the batch it becomes."""
################################################################
# Of an ordinary alarm, over and plausible, a figure needs two instants: raised
# and over. PostgreSQL itself checks what makes a row ordinary, exactly what the
# gate would, and sends those pairs packed. The rows about which a report may have
# more to say (active, reversed, an end to be inferred) come whole, by way of the
# gate, in the same statement. Drill-down asks for every mapped column of all.
#
# The statement narrows by tenant, severity and time. Where types or statuses are
# excluded, all rows come with those columns, and the core, which alone knows
# what an exclusion means, leaves rows out.
################################################################

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, func, or_

from sla_compliance.alarms import AlarmFilter
from sla_compliance.batch import AlarmBatch
from sla_compliance.errors import InvalidAlarmError
from sla_compliance.sources._sql.instants import Expression, PostgresInstants
from sla_compliance.sources._sql.mappings import AlarmsTable
from sla_compliance.sources._sql.reflection import reflected, storable
from sla_compliance.sources._sql.shapes import (
    Columns,
    Fields,
    PairsAndRows,
    Statement,
    rows_statement,
)
from sla_compliance.units import MAX_US, MIN_US
from sla_compliance.validation import OnInvalid

# Each column's name in an Alarm, and as an argument of AlarmBatch.from_columns.
_INSTANTS: Final = {
    "first_occurrence": "starts_us",
    "cleared_at": "ends_us",
    "resolved_at": "resolved_us",
    "last_occurrence": "last_occurrences_us",
}
_OTHERS: Final = {
    "severity": "severities",
    "id": "ids",
    "alarm_id": "alarm_ids",
    "resource_id": "resource_ids",
    "customer_id": "customer_ids",
    "status": "statuses",
    "alarm_type": "alarm_types",
    "subscriber_count": "subscriber_counts",
    "title": "titles",
}
_NEEDED: Final = frozenset({"id", "status"})  # to infer an end, and to name a row in data quality
_TENANT: Final = "tenant"  # names of the statements' parameters
_START: Final = "window_start"
_END: Final = "window_end"
_STATEMENTS_KEPT: Final = 64


@dataclass(frozen=True, slots=True)
class AlarmRequest:
    """Which alarms of whom, instants in microseconds; `is_detailed`: with every mapped column."""

    tenant_id: str
    start_us: int
    end_us: int
    wanted: AlarmFilter
    is_detailed: bool = False


class AlarmReader:
    """Reads alarms over a connection; what the table looks like is asked of the first one."""

    def __init__(self, mapping: AlarmsTable, on_invalid: OnInvalid, clock_skew: timedelta) -> None:
        self._mapping = mapping
        self._on_invalid = on_invalid
        self._clock_skew = clock_skew
        self._known: _KnownAlarms | None = None

    def read(self, connection: Connection, request: AlarmRequest) -> AlarmBatch:
        """Return the alarms asked for; one statement."""
        known = self._known = self._known or _KnownAlarms(connection, self._mapping)
        statement = known.statement(request.wanted, request.is_detailed)
        fetched = statement.fetch(connection, known.parameters(request))
        return _with_ordinary(fetched.pairs, self._batch(fetched))

    def _batch(self, fetched: Columns) -> AlarmBatch:
        """Return the batch of the rows that came whole."""
        named = {argument: fetched.by_name.get(name) for name, argument in (_INSTANTS | _OTHERS).items()}
        named["subscriber_counts"] = _numbers(named["subscriber_counts"])
        return AlarmBatch.from_columns(
            **named,  # type: ignore[arg-type]
            more={name: fetched.by_name[name] for name in self._mapping.more if name in fetched.by_name},
            row_names=_row_names(named["ids"]),
            faults=[InvalidAlarmError(str(error), field=error.field, row=row) for row, error in fetched.faults],
            on_invalid=self._on_invalid,
            clock_skew=self._clock_skew,
        )


def _row_names(ids: Sequence[Any] | None) -> list[str] | None:
    """Return what a database's owner calls its rows; their place in an answer says nothing."""
    return None if ids is None else [f"alarm {key}" for key in ids]


def _numbers(column: list[Any] | None) -> list[int | None] | None:
    """Return a column of whole numbers, which may have come as text."""
    return None if column is None else [None if value is None else int(value) for value in column]


def _with_ordinary(pairs: tuple[tuple[int, ...], tuple[int, ...]], others: AlarmBatch) -> AlarmBatch:
    """Return a batch with ordinary alarms before its rows, of which only the two instants are known."""
    starts, ends = pairs
    unknown = (None,) * len(starts)
    return replace(
        others,
        starts_us=starts + others.starts_us,
        ends_us=ends + others.ends_us,
        last_seen_us=None if others.last_seen_us is None else unknown + others.last_seen_us,
        is_end_assumed=None if others.is_end_assumed is None else (False,) * len(starts) + others.is_end_assumed,
        columns={name: unknown + column for name, column in others.columns.items()},
    )


class _KnownAlarms:
    """A mapped table of alarms whose columns are known, and the statements on it."""

    def __init__(self, connection: Connection, mapping: AlarmsTable) -> None:
        instants = _mapped(mapping, _INSTANTS)
        others = _mapped(mapping, _OTHERS) | {name: name for name in mapping.more}
        needed = [mapping.tenant_id, mapping.severity, *instants.values(), *others.values()]
        self._mapping = mapping
        self._table = reflected(connection, mapping.table, mapping.schema, needed)
        self._kind = self._table.instants(instants.values(), mapping.naive_times)
        self._instants = {name: self._table.column(column) for name, column in instants.items()}
        self._others = {name: self._table.shown(column) for name, column in others.items()}
        self.statement = lru_cache(_STATEMENTS_KEPT)(self._statement)

    def parameters(self, request: AlarmRequest) -> Mapping[str, object]:
        """Return what the statements' parameters are for a request."""
        return {
            _TENANT: storable(request.tenant_id),
            **self._kind.parameters(_START, max(request.start_us, MIN_US)),
            **self._kind.parameters(_END, min(request.end_us, MAX_US)),
        }

    def _statement(self, wanted: AlarmFilter, is_detailed: bool) -> Statement:
        excluded = {"alarm_type": wanted.excluded_alarm_types, "status": wanted.excluded_statuses}
        filtered = {name for name, texts in excluded.items() if texts}
        names = self._others.keys() if is_detailed else _NEEDED | filtered
        fields = Fields(self._instants, {name: self._others[name] for name in self._others if name in names})
        where = self._window(wanted)
        if is_detailed or filtered or not isinstance(self._kind, PostgresInstants):
            return rows_statement(fields, self._kind, where, self._table.name)
        first, over = self._instants["first_occurrence"], self._over
        return PairsAndRows.where(where, (first, over), self._is_ordinary(self._kind), fields, self._kind)

    def _window(self, wanted: AlarmFilter) -> ColumnElement[bool]:
        """Return the condition of an alarm that meets the window, or that contradicts itself near it."""
        first, over = self._instants["first_occurrence"], self._over
        return and_(
            self._table.is_equal(self._mapping.tenant_id, _TENANT),
            self._table.means_one_of(self._mapping.severity, wanted.severities),
            self._kind.is_before(first, _END),
            or_(self._kind.is_after(over, _START), over.is_(None), over < first),
        )

    @property
    def _over(self) -> Expression:
        """When an alarm was over as far as its row says so; the core infers the rest."""
        cleared, resolved = self._instants["cleared_at"], self._instants.get("resolved_at")
        return cleared if resolved is None else func.coalesce(cleared, resolved)

    def _is_ordinary(self, kind: PostgresInstants) -> ColumnElement[bool]:
        """Return the condition of an alarm that is over and that the gate would let pass."""
        first, over = self._instants["first_occurrence"], self._over
        return and_(first >= kind.constant(MIN_US), over >= first, over <= kind.constant(MAX_US))


def _mapped(mapping: AlarmsTable, names: Mapping[str, str]) -> dict[str, str]:
    """Return the table's columns by name, of those that it has."""
    return {name: column for name in names if (column := getattr(mapping, name)) is not None}
