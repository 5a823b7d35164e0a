"""The one statement that reads a tenant's alarms, and the batch it becomes."""
################################################################
# A request fetches two instants of an ordinary alarm, raised and over. Only the
# rows about which a report may have more to say, active, reversed or with an end
# that must be inferred, come with id, status and the rest of their instants; and
# only drill-down fetches every mapped column.
#
# The statement narrows by tenant, severity and time; excluded types and statuses
# are fetched and left to the core, which alone knows what they mean.
################################################################

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, false, func, literal_column, not_, or_

from sla_compliance.alarms import AlarmFilter
from sla_compliance.batch import AlarmBatch
from sla_compliance.gate import OnInvalid
from sla_compliance.sources._sql.instants import Instants, TypedInstants
from sla_compliance.sources._sql.mappings import AlarmsTable
from sla_compliance.sources._sql.reflection import ReflectedTable, is_one_of, reflected, storable, untyped
from sla_compliance.sources._sql.shapes import Fetched, Group, fetch_packed, fetch_rows
from sla_compliance.units import MAX_US, MIN_US

# Each column's name in an Alarm, and in AlarmBatch.from_columns.
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
_TELLING: Final = frozenset({"id", "status"})  # of a row about which a report may have more to say


@dataclass(frozen=True, slots=True)
class AlarmQuestion:
    """Which alarms of whom; microseconds."""

    tenant_id: str
    start_us: int
    end_us: int
    wanted: AlarmFilter


@dataclass(slots=True)
class AlarmReader:
    """Reads alarms over a connection; what the table looks like is asked once.

    Attributes:
        mapping: where the alarms stand.
        on_invalid, clock_skew: as `AlarmBatch.from_columns`.
    """

    mapping: AlarmsTable
    on_invalid: OnInvalid
    clock_skew: timedelta
    _known: _KnownAlarms | None = field(default=None, init=False)

    def read(self, connection: Connection, question: AlarmQuestion, *, whole_rows: bool) -> AlarmBatch:
        """Return the alarms; with `whole_rows` every mapped column of them."""
        if self._known is None:
            self._known = _KnownAlarms.of(connection, self.mapping)
        fetched = self._known.fetched(connection, question, whole_rows)
        keywords = {_INSTANTS[name]: fetched.columns[name] for name in _INSTANTS if name in fetched.columns}
        keywords |= {_OTHERS[name]: fetched.columns[name] for name in _OTHERS if name in fetched.columns}
        return AlarmBatch.from_columns(
            **keywords,
            more={name: fetched.columns[name] for name in self.mapping.more if name in fetched.columns},
            faults=fetched.faults,
            on_invalid=self.on_invalid,
            clock_skew=self.clock_skew,
        )


@dataclass(frozen=True, slots=True)
class _KnownAlarms:
    """A mapped table of alarms, and how it holds instants."""

    mapping: AlarmsTable
    table: ReflectedTable
    kind: Instants
    instants: Mapping[str, ColumnElement[Any]]
    others: Mapping[str, ColumnElement[Any]]

    @classmethod
    def of(cls, connection: Connection, mapping: AlarmsTable) -> _KnownAlarms:
        instants = {name: mapped for name in _INSTANTS if (mapped := getattr(mapping, name)) is not None}
        others = {name: mapped for name in _OTHERS if (mapped := getattr(mapping, name)) is not None}
        others |= {name: name for name in mapping.more}
        needed = [mapping.tenant_id, *instants.values(), *others.values()]
        table = reflected(connection, mapping.table, mapping.schema, needed)
        return cls(
            mapping,
            table,
            table.instants(instants.values(), mapping.naive_times),
            {name: table.column(mapped) for name, mapped in instants.items()},
            {name: table.shown(mapped) for name, mapped in others.items()},
        )

    def fetched(self, connection: Connection, question: AlarmQuestion, whole_rows: bool) -> Fetched:
        where = self._window(question)
        everything = self._group(self.others.keys() if whole_rows else _TELLING | self._filtered(question.wanted))
        if not (isinstance(self.kind, TypedInstants) and self.table.is_postgresql):
            return fetch_rows(connection, everything, where, self.kind, self.mapping.table)
        groups = [everything] if whole_rows else self._groups(self.kind, everything, question.wanted)
        return fetch_packed(connection, groups, where, self.kind)

    def _window(self, question: AlarmQuestion) -> ColumnElement[bool]:
        """Return the condition of an alarm that meets the window, or that contradicts itself near it."""
        first, over = self.instants["first_occurrence"], self._over
        start_us, end_us = max(question.start_us, MIN_US), min(question.end_us, MAX_US)
        severities = self.table.spellings(self.mapping.severity, question.wanted.severities)
        return and_(
            self.table.column(self.mapping.tenant_id) == untyped(storable(question.tenant_id)),
            is_one_of(self.table.column(self.mapping.severity), severities),
            self.kind.is_before(first, end_us),
            or_(self.kind.is_after(over, start_us), over.is_(None), over < first),
        )

    @property
    def _over(self) -> ColumnElement[Any]:
        """When an alarm was over as far as it says so itself; the core knows the rest of the rule."""
        cleared, resolved = self.instants["cleared_at"], self.instants.get("resolved_at")
        return cleared if resolved is None else func.coalesce(cleared, resolved)

    def _groups(self, kind: TypedInstants, everything: Group, wanted: AlarmFilter) -> list[Group]:
        """Return the ordinary rows, two instants each, and the others."""
        first, over = self.instants["first_occurrence"], self._over
        never = literal_column(kind.infinity)
        is_ordinary = func.coalesce(and_(over >= first, over < never), false())
        ordinary = {"first_occurrence": first, "cleared_at": over}
        filtered = {name: self.others[name] for name in self._filtered(wanted)}
        return [Group(ordinary, filtered, is_ordinary), Group(everything.instants, everything.others, not_(is_ordinary))]

    def _group(self, others: Collection[str]) -> Group:
        return Group(self.instants, {name: self.others[name] for name in self.others if name in others})

    def _filtered(self, wanted: AlarmFilter) -> frozenset[str]:
        """Return the columns that the core needs to filter."""
        excluded = {"alarm_type": wanted.excluded_alarm_types, "status": wanted.excluded_statuses}
        return frozenset(name for name, texts in excluded.items() if texts and name in self.others)
