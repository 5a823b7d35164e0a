"""Version 1 of the tables: what its rows mean, and the statements that make version 2 of it."""
################################################################
# Version 1 knew four states, kept sentences where version 2 keeps facts, and
# counted changes with each day. The statements move the counts and rename columns;
# they rewrite no JSON. The reader of rows knows version 1 by the shape of the JSON:
# 20 cells, and texts instead of objects.
#
# The instants at which version 1 excused an outage by a targeted exclusion are UP in
# its cells; no reading can tell them from others now.
################################################################

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Final

from sla_compliance.labels import CELLS
from sla_compliance.ledger import CellLengths

_SCOPES: Final = ("NOT_IN_SERVICE", "OUT_OF_HOURS", "MAINTENANCE", "EXCLUDED", "AGREED")
_STATES: Final = ("NOT_YET", "DOWN", "UNKNOWN", "UP")
_CELLS: Final = tuple(product(_SCOPES, _STATES))
CELL_COUNT: Final = len(_CELLS)

TO_VERSION_2: Final = (
    "INSERT INTO sla_changes (tenant_id, local_date, changes_reported)\n"
    "SELECT tenant_id, local_date, max(told) FROM sla_days GROUP BY tenant_id, local_date HAVING max(told) > 0;",
    "ALTER TABLE sla_days RENAME COLUMN terms TO agreement;",
    "ALTER TABLE sla_days RENAME COLUMN remarks TO facts;",
    "ALTER TABLE sla_days ADD COLUMN optimistic_cells_us TEXT;",
    "ALTER TABLE sla_days ADD COLUMN pessimistic_cells_us TEXT;",
    "ALTER TABLE sla_days ADD COLUMN rows_read BIGINT NOT NULL DEFAULT 0;",
    "ALTER TABLE sla_days ADD COLUMN rules_version INTEGER NOT NULL DEFAULT 0;",
    "ALTER TABLE sla_days ADD COLUMN written_us BIGINT NOT NULL DEFAULT 0;",
    "ALTER TABLE sla_days ADD COLUMN changes_applied INTEGER NOT NULL DEFAULT 0;",
    "UPDATE sla_days SET written_us = as_of_us, changes_applied = coalesce((\n"
    "    SELECT changes_reported FROM sla_changes\n"
    "    WHERE sla_changes.tenant_id = sla_days.tenant_id AND sla_changes.local_date = sla_days.local_date\n"
    "), 0) - (told - included);",
    "ALTER TABLE sla_days DROP COLUMN told;",
    "ALTER TABLE sla_days DROP COLUMN included;",
    "ALTER TABLE sla_restatements RENAME COLUMN terms TO agreement;",
)
"""PostgreSQL and SQLite read them alike; `sla_changes` must be there."""


def cells_of_version_1(lengths_us: Sequence[int]) -> CellLengths:
    """Return the cells that version 1 wrote, as labels.CELLS has them; states that it did not know have no length.

    Args:
        lengths_us: CELL_COUNT of them.
    """
    length_by_cell = dict(zip(_CELLS, lengths_us, strict=True))
    return tuple(length_by_cell.get((scope.value, state.value), 0) for scope, state in CELLS)
