"""The start of the next row of a device, for rows that say they are over and not when; part of the one statement."""
################################################################
# The rule is that of undated_rows.py: the next row of the same alarm_id, of the
# same resource_id where there is no alarm_id, whatever its severity and whether or
# not it meets the window; bad rows do not count. The database looks only for rows
# whose end is not stated, or lies before their start.
#
# PostgreSQL compares instants exactly and sends the earliest. SQLite may hold texts
# of several offsets, whose order is not that of their instants: it sends the rows of
# the device as JSON, and they are compared here.
################################################################

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Interval,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.sql.selectable import FromClause

from sla_compliance.alarms import Severity
from sla_compliance.errors import SLAComplianceError
from sla_compliance.instant_columns import YEAR_2_US, YEAR_9999_US, is_not_yet
from sla_compliance.sources._sql.instants import INTEGER, Expression, PostgresInstants, SQLiteInstants
from sla_compliance.sources._sql.mappings import AlarmsTable
from sla_compliance.sources._sql.words import means_one_of
from sla_compliance.units import MICROSECOND
from sla_compliance.validation import OVER_STATUSES

NEXT_START: Final = "next_start"
"""The name of the column among the fields of a statement: an instant of PostgreSQL, JSON of SQLite."""
_FIRST: Final = "first_occurrence"
_DEVICE_COLUMNS: Final = ("alarm_id", "resource_id")


@dataclass(frozen=True, slots=True)
class NextRows:
    """Makes the expression for one mapped table.

    Attributes:
        mapping: the names of the columns.
        columns: the names of those mapped columns that the table has, by what they are called in an Alarm.
        kind: how the table holds instants.
        skew_us: the clock skew within which a reversed row is no bad one.
    """

    mapping: AlarmsTable
    columns: Mapping[str, str]
    kind: PostgresInstants | SQLiteInstants
    skew_us: int

    def expression(self, rows: FromClause, tenant: Expression) -> Expression | None:
        """Return the column; None where no column names a device.

        Args:
            rows: the table as the statement selects from it.
            tenant: the tenant's id.
        """
        device_names = [name for name in _DEVICE_COLUMNS if name in self.columns]
        if not device_names:
            return None
        others = rows.alias("other_rows")
        severities = means_one_of(others.c[self.mapping.severity], self.mapping.severities.words, frozenset(Severity))
        condition = and_(
            others.c[self.mapping.tenant_id] == tenant, self._is_of_same_device(rows, others, device_names), severities
        )
        if isinstance(self.kind, SQLiteInstants):
            facts = func.json_array(*(self._column(others, name) for name in _FACTS), self._says_over(others))
            candidates = select(func.json_group_array(func.json(facts))).where(condition)
        else:
            first = self._column(others, _FIRST)
            is_later = and_(first > self._column(rows, _FIRST), self._is_plausible(others, self.kind))
            candidates = select(func.min(first)).where(condition, is_later)
        return case((self._needs_bound(rows), candidates.correlate(rows).scalar_subquery()), else_=null())

    def earliest(self, starts_us: Sequence[int | None], answers: Sequence[Any]) -> list[int | None]:
        """Return the earliest next start of each row from what SQLite sent.

        Args:
            starts_us: when the rows were raised.
        """
        next_starts: list[int | None] = []
        for start_us, answer in zip(starts_us, answers, strict=True):
            candidates: list[int] = []
            for first, cleared, resolved, last_seen, says_over in json.loads(answer or "[]"):
                candidate_us = self._plausible_start_us(first, cleared, resolved, last_seen, bool(says_over))
                if candidate_us is not None and start_us is not None and candidate_us > start_us:
                    candidates.append(candidate_us)
            next_starts.append(min(candidates, default=None))
        return next_starts

    def _plausible_start_us(
        self, first: object, cleared: object, resolved: object, last_seen: object, says_over: bool
    ) -> int | None:
        """Return when a row was raised; None where it is a bad row."""
        assert isinstance(self.kind, SQLiteInstants)  # noqa: S101 - PostgreSQL decides by itself
        read = self.kind.read
        try:
            first_us = read(first, _FIRST)
            ends = [read(end, "end") for end in (cleared, resolved) if end is not None]
            seen_us = None if last_seen is None else read(last_seen, "last_occurrence")
        except SLAComplianceError:
            return None
        stated_ends = [end for end in ends if not is_not_yet(end)]
        end_us = stated_ends[0] if stated_ends else seen_us if says_over else None
        is_reversed = end_us is not None and end_us < first_us - self.skew_us
        return None if is_reversed or first_us < YEAR_2_US else first_us

    def _is_of_same_device(
        self, rows: FromClause, others: FromClause, device_names: Sequence[str]
    ) -> ColumnElement[bool]:
        """Return the condition that another row is of the same device: by alarm_id, where the row has one."""
        *preferred, last = [self.columns[name] for name in device_names]
        # The empty text is no key.
        is_same = and_(rows.c[last] == others.c[last], cast(rows.c[last], Text) != "")
        for name in preferred:
            has_key = func.coalesce(cast(rows.c[name], Text), "") != ""
            is_same = case((has_key, rows.c[name] == others.c[name]), else_=is_same)
        return is_same

    def _needs_bound(self, rows: FromClause) -> ColumnElement[bool]:
        first, over = self._column(rows, _FIRST), self._over(rows)
        is_reversed = over < first
        if isinstance(self.kind, SQLiteInstants):
            is_year_9999 = or_(over >= "9998-12-31", and_(over < "", over >= YEAR_9999_US))
        else:
            is_year_9999 = over >= self.kind.constant(YEAR_9999_US)
        return or_(is_reversed, and_(or_(over.is_(None), is_year_9999), self._says_over(rows)))

    def _is_plausible(self, rows: FromClause, kind: PostgresInstants) -> ColumnElement[bool]:
        """Return the condition that a row is no bad one: that it is not reversed by more than the clock skew."""
        first, over = self._column(rows, _FIRST), self._over(rows)
        earliest = first if not self.skew_us else first - self._skew(kind)
        is_stated = and_(over >= kind.constant(YEAR_2_US), over < kind.constant(YEAR_9999_US))
        is_reversed = and_(is_stated, over < earliest)
        seen = self._column(rows, "last_occurrence")
        is_seen_too_early = and_(is_stated.is_not(True), self._says_over(rows), seen < earliest)
        return and_(
            func.coalesce(is_reversed, false()).is_(False), func.coalesce(is_seen_too_early, false()).is_(False)
        )

    def _skew(self, kind: PostgresInstants) -> Expression:
        if kind is INTEGER:
            return literal(self.skew_us, BigInteger)
        return literal(self.skew_us * MICROSECOND, Interval)

    def _says_over(self, rows: FromClause) -> ColumnElement[bool]:
        if "status" not in self.columns:
            return false()
        return means_one_of(self._column(rows, "status"), self.mapping.statuses.words, OVER_STATUSES)

    def _over(self, rows: FromClause) -> Expression:
        return func.coalesce(self._column(rows, "cleared_at"), self._column(rows, "resolved_at"))

    def _column(self, rows: FromClause, name: str) -> Expression:
        """Return a column of an Alarm; NULL where the table does not have it."""
        column: Expression = rows.c[self.columns[name]] if name in self.columns else null()
        return column


_FACTS: Final = (_FIRST, "cleared_at", "resolved_at", "last_occurrence")
