"""Plan: which keys of a frame take which way, with their rows."""
################################################################
# Whatever leaves nothing open takes the timeline. The terms may be such that no key
# does; else it is the rows of single keys that ask for the core.
################################################################

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import narwhals.stable.v2 as nw

from sla_compliance.batch import AlarmBatch
from sla_compliance.dataframes import DataColumn
from sla_compliance.frames.core_way import days_by_core
from sla_compliance.frames.keys import KeysOfFrame, combined_key
from sla_compliance.frames.question import DailyQuestion
from sla_compliance.frames.rows import ActiveRows, NotCleanError, rows_of_batch, rows_of_clean_frame
from sla_compliance.frames.timeline_way import objection_to_terms
from sla_compliance.inventory import Inventory
from sla_compliance.rejected_rows import RejectedRow
from sla_compliance.rows.frames import batch_from_frame
from sla_compliance.rows.reading import RowFormat
from sla_compliance.validation import OnInvalid, RowValidation

_KEYLESS: Final = "rows without a key"


@dataclass(frozen=True, slots=True)
class Plan:
    """Which keys take which way.

    Attributes:
        rows: of the keys on the timeline; None where all take the core.
        batch: what came through the gate; None where the columns left nothing open.
        core_reasons: why keys take the core, by their texts.
        reason_of_all: why all of them do; empty where they do not.
        input_rows: how many rows came to the gate.
        rejected: the bad rows that it set aside.
    """

    rows: ActiveRows | None = None
    batch: AlarmBatch | None = None
    core_reasons: Mapping[str, str] | None = None
    reason_of_all: str = ""
    input_rows: int = 0
    rejected: tuple[RejectedRow, ...] = ()

    def known_texts(self, column: str) -> frozenset[str] | None:
        """Return the texts of the keys that rows are left of; None: of all. Copies may have left others without any."""
        if self.batch is None:
            return None
        rejected = {row.columns.get(column) for row in self.batch.rejected}
        return frozenset(str(key) for key in {*self.batch.columns.get(column, ()), *rejected} if key is not None)

    def core_days(self, question: DailyQuestion, keys: KeysOfFrame) -> Iterator[tuple[str | None, list[DataColumn]]]:
        """Yield the days of the keys that take the core; as and errors as `days_by_core`."""
        batch, reasons = self.batch, self.core_reasons or {}
        if batch is None or not (self.reason_of_all or reasons):
            return
        inventory = question.inventory
        if not isinstance(inventory, Inventory) and len(keys.by) > 1:
            inventory = tuple(None if key is None else combined_key(key, keys.by)[1] for key in inventory)
        zones = keys.zones
        if not self.reason_of_all:
            batch, inventory = rows_of_keys(batch, keys.column, lambda key: str(key) in reasons), ()
            zones = {text: zone for text, zone in zones.items() if text in reasons}
        yield from days_by_core(question, batch, keys.column, zones, inventory, self.input_rows)


class Planner:
    """Makes plans for one question and format of rows."""

    def __init__(
        self, question: DailyQuestion, row_format: RowFormat, on_invalid: OnInvalid, clock_skew: timedelta
    ) -> None:
        """Plan nothing yet; arguments and errors as `daily_result`."""
        RowValidation(on_invalid, clock_skew)  # refuses bad options, also where no row asks for the gate
        self._question = question
        self._format = row_format
        self._on_invalid = on_invalid
        self._clock_skew = clock_skew

    def plan(self, frame: nw.DataFrame[Any], their_names: Mapping[str, object], keys: KeysOfFrame) -> Plan:
        """Return which keys of a frame take which way; errors as `daily_result`."""
        wanted = self._question.policy.qualifying
        objection = self._objection_to_terms(keys)
        if not objection:
            try:
                return Plan(rows_of_clean_frame(frame, their_names, keys, self._format, wanted))
            except NotCleanError:
                pass  # the gate says what it is about, and of which rows
        batch = keys.with_keys(batch_from_frame(frame.to_native(), self._format, self._on_invalid, self._clock_skew))
        input_rows, rejected = batch.rows_read, batch.rejected
        if not objection and not input_rows:
            objection = "there are no rows"
        if not objection and (keys.ranks < 0).any():
            if self._question.unkeyed == "nobody":
                batch = rows_of_keys(batch, keys.column, lambda key: key is not None)
            else:
                objection = _KEYLESS
        if objection:
            return Plan(batch=batch, reason_of_all=objection, input_rows=input_rows, rejected=rejected)
        rows, reasons = rows_of_batch(batch, keys, wanted)
        return Plan(rows, batch, reasons, input_rows=input_rows, rejected=rejected)

    def _objection_to_terms(self, keys: KeysOfFrame) -> str:
        """Return why no key takes the timeline, whatever its rows; empty where they may."""
        inventory = self._question.inventory
        if isinstance(inventory, Inventory):
            return "an inventory of units"
        if None in inventory:
            return _KEYLESS
        return objection_to_terms(
            self._question.arguments_in(next(iter(keys.zones.values()), self._question.common_zone))
        )


def rows_of_keys(batch: AlarmBatch, column: str, is_wanted: Callable[[Hashable], bool]) -> AlarmBatch:
    """Return the rows of some keys, those set aside too."""
    rows = [row for row, key in enumerate(batch.columns[column]) if is_wanted(key)]
    rejected = (row for row in batch.rejected if is_wanted(row.columns.get(column)))
    return replace(batch.take(rows), rejected=tuple(rejected))
