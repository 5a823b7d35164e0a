"""Reads a tenant's alarms: one statement a request, and the batch that its rows become."""
################################################################
# Rows whose severity no filter can match (an unknown word, or one that "cleared" has
# overwritten) are counted by one look an hour and tenant, as far back as rows are
# complete. Where there are any, the statement brings them too: they are doubt, not
# uptime.
#
# Where cleared rows are purged, rows are complete from `purged_after` ago. No purge has
# come beyond a cleared row that is still there, so rows are complete from the end of
# the oldest one, where that is earlier.
#
# Rows that corrections name come by their ids, whatever their severity or time
# (row_ids.py).
################################################################

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial
from typing import Final

from sqlalchemy import Connection

from sla_compliance.alarms import ALARM_COLUMNS, ColumnKind
from sla_compliance.batch import AlarmBatch
from sla_compliance.checks import row_field
from sla_compliance.errors import InvalidAlarmError
from sla_compliance.sources._sql.alarm_statements import AlarmRequest, MappedAlarms, StatementShape
from sla_compliance.sources._sql.kept_reflection import KeptReflection
from sla_compliance.sources._sql.mappings import AlarmsTable
from sla_compliance.sources._sql.next_rows import NEXT_START
from sla_compliance.sources._sql.off_loop import OffLoop
from sla_compliance.sources._sql.ordinary_rows import batch_of_rows, numbers, row_names
from sla_compliance.sources._sql.shapes import Columns
from sla_compliance.units import HOUR_US, length_us
from sla_compliance.validation import OnInvalid

LOOK_EVERY_US: Final = HOUR_US
_MOST_TENANTS: Final = 100_000


class AlarmReader:
    """Reads alarms over a connection; the first one reflects the table."""

    def __init__(
        self,
        mapping: AlarmsTable,
        on_invalid: OnInvalid,
        clock_skew: timedelta,
        now_us: Callable[[], int],
        purged_after_us: int | None,
    ) -> None:
        self._mapping = mapping
        self._on_invalid = on_invalid
        self._clock_skew = clock_skew
        self._now_us = now_us
        self._severities = mapping.severities
        self._statuses = mapping.statuses
        self._purged_after_us = purged_after_us
        self._table = KeptReflection(self._mapped_table)
        self._off_loop = OffLoop()
        self._looks: dict[str, tuple[int, int]] = {}

    def check(self, connection: Connection) -> None:
        """Check that the table and its columns are there, and can mean what the mapping says; errors as a source."""
        self._mapped_table(connection)

    def read(self, connection: Connection, request: AlarmRequest) -> AlarmBatch:
        """Return the alarms of a request; one statement."""
        with self._table.used(connection) as table:
            has_odd_severities = self._count_odd_severities(connection, table, request.tenant_id) > 0
            shape = StatementShape(request.wanted, request.is_detailed, request.has_ancestors, has_odd_severities)
            rows = table.statement(shape).rows(connection, table.parameters(request))
        read = partial(batch_of_rows, rows, partial(self._batch, table), request.wanted)
        return self._off_loop.run(connection, read, is_large=rows.is_large)

    def read_by_ids(self, connection: Connection, tenant_id: str, row_ids: Collection[str]) -> AlarmBatch:
        """Return the alarms with these ids and their ancestors, with every mapped column.

        Raises:
            InvalidValueError: no column of ids is mapped.
        """
        with self._table.used(connection) as table:
            return table.rows_by_id.read(connection, tenant_id, row_ids, partial(self._batch, table))

    def odd_severity_rows(self, tenant_id: str) -> int | None:
        """Return how many rows had a severity that no filter can match at the last look; None before the first."""
        return self._looks[tenant_id][1] if tenant_id in self._looks else None

    def forget(self, tenant_id: str) -> None:
        """Forget the last look at a tenant's severities."""
        self._looks.pop(tenant_id, None)

    def purged_until_us(self) -> int | None:
        """Return how far a purge may have come; None where there is none."""
        return None if self._purged_after_us is None else self._now_us() - self._purged_after_us

    def complete_since_us(self, connection: Connection, tenant_id: str) -> int | None:
        """Return the instant from which on no row of a tenant is missing; None where none ever is."""
        purged_until_us = self.purged_until_us()
        if purged_until_us is None:
            return None
        with self._table.used(connection) as table:
            oldest_us = table.looks.oldest_cleared_us(connection, tenant_id)
        return purged_until_us if oldest_us is None else min(purged_until_us, oldest_us)

    def _count_odd_severities(self, connection: Connection, table: MappedAlarms, tenant_id: str) -> int:
        """Return how many rows of a tenant have a severity that no filter can match; one look an hour and tenant."""
        now_us = self._now_us()
        looked_at_us, rows = self._looks.get(tenant_id, (None, 0))
        if looked_at_us is None or not looked_at_us <= now_us < looked_at_us + LOOK_EVERY_US:
            rows = table.looks.count_odd_severities(
                connection, tenant_id, self.complete_since_us(connection, tenant_id)
            )
            # Requests may name any number of tenants: memory stays bounded, at the price of looking once more.
            if len(self._looks) >= _MOST_TENANTS:
                self._looks.clear()
            self._looks[tenant_id] = (now_us, rows)
        return rows

    def _mapped_table(self, connection: Connection) -> MappedAlarms:
        return MappedAlarms(connection, self._mapping, length_us(self._clock_skew, field="clock_skew"))

    def _batch(self, table: MappedAlarms, columns: Columns) -> AlarmBatch:
        """Return the batch of the rows that came whole."""
        columns_by_name = dict(columns.by_name)
        for column in ALARM_COLUMNS:
            if column.kind is ColumnKind.COUNT and column.name in columns_by_name:
                columns_by_name[column.name] = numbers(columns_by_name[column.name])
        next_starts_us = columns_by_name.pop(NEXT_START, None)
        if next_starts_us is not None:
            next_starts_us = table.next_starts_us(columns_by_name, next_starts_us)
        names = row_names(columns_by_name.get("id"))
        faults = [InvalidAlarmError(str(error), field=error.field, row=row) for row, error in columns.faults]
        if "severity" in columns_by_name:
            columns_by_name["severity"], bad_words = self._severities.read_column(columns_by_name["severity"])
            for row, fault in bad_words.items():
                field = row_field(row, "severity", names)
                faults.append(InvalidAlarmError(f"{field} {fault}", field=field, row=row))
        if "status" in columns_by_name:
            columns_by_name["status"] = self._statuses.read_column(columns_by_name["status"])
        return AlarmBatch.from_named_columns(
            columns_by_name,
            next_starts_us=next_starts_us,
            row_names=names,
            faults=faults,
            on_invalid=self._on_invalid,
            clock_skew=self._clock_skew,
        )
