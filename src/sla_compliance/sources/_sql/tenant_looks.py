"""What all rows of a tenant say, besides those of a request."""
################################################################
# A severity that no filter can match (an unknown word, or one that "cleared" has
# overwritten) would go unnoticed: its rows are counted, as far back as rows are
# complete. The oldest cleared row that is still there says how far a purge has not
# come.
################################################################

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from sla_compliance.errors import SLAComplianceError
from sla_compliance.instant_columns import YEAR_2_US, YEAR_9999_US, is_not_yet
from sla_compliance.sources._sql.instants import Expression, PostgresInstants, SQLiteInstants
from sla_compliance.sources._sql.mappings import AlarmsTable
from sla_compliance.sources._sql.reflection import ReflectedTable, checked_tenant_id
from sla_compliance.units import MAX_US, MIN_US

TENANT: Final = "tenant"  # the parameter of every statement on alarms
_SINCE: Final = "complete_since"


class TenantLooks:
    """Looks at all rows of a tenant in one mapped table.

    Attributes:
        odd_severity: the condition of a severity that no filter can match; None where an enum has no such label.
    """

    def __init__(
        self,
        table: ReflectedTable,
        mapping: AlarmsTable,
        kind: PostgresInstants | SQLiteInstants,
        cleared: Expression,
        over: Expression,
        odd_severity: ColumnElement[bool] | None,
    ) -> None:
        """Keep the table, two of its columns (when a row was cleared, and the end that it names) and a condition."""
        self._table = table
        self._kind = kind
        self._over = over
        self._is_of_tenant = table.is_equal(mapping.tenant_id, TENANT)
        self._oldest_cleared = self._statement_for_oldest(cleared)
        self.odd_severity = odd_severity

    def count_odd_severities(self, connection: Connection, tenant_id: str, complete_since_us: int | None) -> int:
        """Return how many rows have a severity that no filter can match, of those over after `complete_since_us`."""
        if self.odd_severity is None:
            return 0
        is_after = or_(self._kind.is_after(self._over, _SINCE), self._over.is_(None))
        since_us = MIN_US if complete_since_us is None else min(max(complete_since_us, MIN_US), MAX_US)
        parameters = {TENANT: checked_tenant_id(tenant_id), **self._kind.parameters(_SINCE, since_us)}
        rows = select(func.count()).select_from(self._table.selectable)
        rows = rows.where(self._is_of_tenant, self.odd_severity, is_after)
        count: int = connection.execute(rows, parameters).scalar_one()
        return count

    def oldest_cleared_us(self, connection: Connection, tenant_id: str) -> int | None:
        """Return when the oldest of a tenant's cleared rows was cleared; None where there is none."""
        value = connection.execute(self._oldest_cleared, {TENANT: checked_tenant_id(tenant_id)}).scalar_one()
        if isinstance(self._kind, PostgresInstants):
            return self._kind.unpack(value, 1)[0][0]
        try:
            instant_us = None if value is None else self._kind.read(value, "cleared_at")
        except SLAComplianceError:
            return None  # a bad row, which is set aside where it is read
        return None if instant_us is None or is_not_yet(instant_us) else instant_us

    def _statement_for_oldest(self, cleared: Expression) -> Select[Any]:
        """Return the statement for the earliest end of a cleared row.

        SQLite compares texts of several offsets as texts. The end that it returns is that of a row all the same, which
        is all that matters here.
        """
        kind = self._kind
        if not isinstance(kind, PostgresInstants):
            return select(func.min(cleared)).select_from(self._table.selectable).where(self._is_of_tenant)
        # What lies outside means "not yet".
        is_cleared = and_(cleared >= kind.constant(YEAR_2_US), cleared < kind.constant(YEAR_9999_US))
        oldest = select(kind.pack([func.min(cleared)])).select_from(self._table.selectable)
        return oldest.where(self._is_of_tenant, is_cleared)
