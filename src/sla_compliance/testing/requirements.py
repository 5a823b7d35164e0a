"""What this room needs beside the library: hypothesis and pytest, from the extra `testing`."""
################################################################
# Imported before every other module of the room, so that whichever of them is
# imported first, what is missing is named with the way out.
#
# pytest explains a failed assertion of a test module, and of modules that are named
# to it before they are imported: the suites of promises are.
################################################################

from __future__ import annotations

from sla_compliance.errors import MissingExtraError

try:
    import hypothesis  # noqa: F401 - the strategies need it
    import pytest
except ModuleNotFoundError as error:
    if error.name not in ("hypothesis", "pytest"):
        raise
    raise MissingExtraError("sla_compliance.testing", extra="testing") from error

pytest.register_assert_rewrite(
    "sla_compliance.testing.alarm_source",
    "sla_compliance.testing.ancestor_source",
    "sla_compliance.testing.async_sources",
    "sla_compliance.testing.cache",
    "sla_compliance.testing.correction_source",
    "sla_compliance.testing.detailed_alarm_source",
    "sla_compliance.testing.exclusion_source",
    "sla_compliance.testing.inventory_source",
    "sla_compliance.testing.notification_store",
    "sla_compliance.testing.observer",
    "sla_compliance.testing.rows_by_id",
    "sla_compliance.testing.source_parts",
    "sla_compliance.testing.statement_store",
    "sla_compliance.testing.store",
    "sla_compliance.testing.tenants",
    "sla_compliance.testing.transport",
)
