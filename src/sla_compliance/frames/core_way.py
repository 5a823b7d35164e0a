"""The core's way: the days of one key after another."""
################################################################
# Keys of one zone are evaluated together, under terms made once. Rows that name no
# key may be anybody's: they stand beside the keys of each zone. The days of their
# own, in doubt as a whole, are those of the zone that their rows name.
################################################################

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import replace

from sla_compliance.batch import AlarmBatch
from sla_compliance.dataframes import DataColumn
from sla_compliance.errors import InvalidValueError
from sla_compliance.frames.question import DailyQuestion
from sla_compliance.inventory import Inventory
from sla_compliance.record_columns import record_columns
from sla_compliance.report import ComplianceReport


def days_by_core(
    question: DailyQuestion,
    batch: AlarmBatch,
    column: str,
    zones: Mapping[str | None, str],
    inventory: Inventory | Collection[Hashable],
    input_rows: int,
) -> Iterator[tuple[str | None, list[DataColumn]]]:
    """Yield each key as text, None for the rows that name none, and its days as `record_columns`.

    Args:
        batch: the rows of these keys, and those without a key.
        column: the column of the batch that holds the keys.
        zones: the zone of each key; empty where all have the question's.
        inventory: further keys.
        input_rows: how many rows were read for all keys.

    Raises:
        InvalidValueError: rows without a key that have days of their own name several zones, or none.
        UnknownZoneError: a zone is none.
    """
    keys = batch.key_column(column)
    rejected_keys = [row.columns.get(column) for row in batch.rejected]
    has_keyless = None in keys or None in rejected_keys
    if question.zone_column and has_keyless and question.unkeyed == "doubt" and None not in zones:
        raise InvalidValueError(
            f"{question.zone_column} of the rows without a key is not one zone; fill in their keys, or give"
            " unkeyed='nobody'",
            field="zone_column",
        )
    for zone in dict.fromkeys(zones.values()) if zones else [question.common_zone]:
        rows = [row for row, key in enumerate(keys) if _is_in(zone, key, zones)]
        rejected = (row for row, key in zip(batch.rejected, rejected_keys, strict=True) if _is_in(zone, key, zones))
        zone_batch = replace(batch.take(rows), rejected=tuple(rejected)) if zones else batch
        arguments = question.arguments_in(zone)
        keyed = arguments.keyed_rows(zone_batch, column, inventory or None)
        for key, report in arguments.each_report(keyed, unkeyed=question.unkeyed):
            if key is not None or not zones or zones.get(None) == zone:
                yield None if key is None else str(key), _columns(replace(report, input_rows=input_rows))


def _is_in(zone: str, key: Hashable, zones: Mapping[str | None, str]) -> bool:
    return key is None or zones.get(str(key)) == zone


def _columns(report: ComplianceReport) -> list[DataColumn]:
    return record_columns(report.days, is_input_in_doubt=report.doubt_of_input is not None)
