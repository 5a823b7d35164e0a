"""From a frame of alarms to a frame of days, step by step."""
################################################################
# 1. The keys of the frame, their zones, those of the inventory.
# 2. A plan: which keys take which way, with their rows.
# 3. The days of the core's keys, then all others on the timeline, zone by zone.
# 4. A frame of the kind given.
################################################################

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

import numpy as np

from sla_compliance.dataframes import DataColumn
from sla_compliance.frames.added_keys import with_added_keys
from sla_compliance.frames.day_table import DayTable
from sla_compliance.frames.keys import KeysOfFrame, combined_key
from sla_compliance.frames.output import check_kind, frame_of_days, with_takeable_types
from sla_compliance.frames.plan import Plan, Planner
from sla_compliance.frames.question import DailyQuestion
from sla_compliance.frames.result import DailyResult, Way
from sla_compliance.frames.timeline_way import days_by_timeline
from sla_compliance.inventory import Inventory
from sla_compliance.rows.arrow import eager_frame
from sla_compliance.rows.frames import NativeFrame, error_of_frame
from sla_compliance.rows.reading import RowFormat
from sla_compliance.timeline.line import Int64s

_WITHOUT_KEY: Final = None


def result_of_frame(
    native: NativeFrame, question: DailyQuestion, row_format: RowFormat, planner: Planner
) -> DailyResult:
    """Return the days of a frame's keys; errors as `daily_result`."""
    frame = with_takeable_types(eager_frame(native))
    row_format.check_names(frame.columns, error_of_frame)
    row_format.names.check_mapped(frame.columns, None, error_of_frame)
    check_kind(frame)
    their_names: Mapping[str, object] = row_format.names.named({name: name for name in frame.columns})
    keys = KeysOfFrame.of(frame, their_names, question.by, question.zone_column)
    plan = planner.plan(frame, their_names, keys)
    core_days = dict(plan.core_days(question, keys))
    places = _Places(question, keys, plan, core_days)
    table = _table_of_days(question, plan, places, core_days)
    values = with_added_keys(keys.values, places.added_values, with_missing=places.adds_missing)
    rows_of_keys = np.repeat(np.array(places.value_rows, dtype=np.int64), places.day_counts)
    days = frame_of_days(native, values, rows_of_keys, table.columns())
    return DailyResult(days, _ways(plan, places, core_days), plan.rejected)


class _Places:
    """Where each key stands in the frame of days.

    Attributes:
        texts: of the keys, in their order; None for the rows without one, last.
        numbers: of the keys on the timeline, as KeysOfFrame has them; those of the inventory alone come after.
        value_rows: of each key the row that holds its values, among the frame's and those added to it.
        added_values: the values of keys that the frame does not have.
        adds_missing: whether missing values come after those, for rows without a key that the frame does not have.
        day_counts: how many days each key has.
    """

    def __init__(
        self, question: DailyQuestion, keys: KeysOfFrame, plan: Plan, core_days: Mapping[str | None, list[DataColumn]]
    ) -> None:
        known = plan.known_texts(keys.column)
        self.texts: list[str | None] = []
        self.numbers: list[int] = []
        self.value_rows: list[int] = []
        self.day_counts: list[int] = []
        self.added_values: list[tuple[object, ...]] = []
        self.adds_missing = False
        self._question = question
        self._keys = keys
        self._core_days = core_days
        inventory = _inventory_keys(question, keys)
        for number, text in enumerate(keys.texts):
            if known is None or text in known or text in inventory:
                self._add(text, number, int(keys.first_rows[number]))
        known_texts = set(keys.texts)
        for text, values in inventory.items():
            if text not in known_texts:
                number = len(keys.texts) + len(self.added_values)
                self._add(text, number, self._add_values(values))
        if _WITHOUT_KEY in core_days:
            is_keyless = keys.ranks < 0
            self.adds_missing = not is_keyless.any()
            row = len(keys.values) + len(self.added_values) if self.adds_missing else int(np.argmax(is_keyless))
            self._add(_WITHOUT_KEY, -1, row)

    def _add_values(self, values: tuple[object, ...]) -> int:
        self.added_values.append(values)
        return len(self._keys.values) + len(self.added_values) - 1

    def _add(self, text: str | None, number: int, value_row: int) -> None:
        self.texts.append(text)
        self.numbers.append(number)
        self.value_rows.append(value_row)
        if text in self._core_days:
            self.day_counts.append(len(self._core_days[text][0].values))
        else:
            self.day_counts.append(len(self._question.arguments_in(self.zone_of(text)).frame.days.dates))

    def zone_of(self, text: str | None) -> str:
        """Return the zone of a key."""
        return self._keys.zones[text] if self._keys.zones else self._question.common_zone

    def timeline_groups(self) -> dict[str, tuple[Int64s, Int64s]]:
        """Return the keys on the timeline by their zone: their numbers, and where they stand."""
        groups: dict[str, tuple[list[int], list[int]]] = {}
        for place, (text, number) in enumerate(zip(self.texts, self.numbers, strict=True)):
            if text not in self._core_days:
                numbers, places = groups.setdefault(self.zone_of(text), ([], []))
                numbers.append(number)
                places.append(place)
        return {zone: (np.array(numbers), np.array(places)) for zone, (numbers, places) in groups.items()}


def _inventory_keys(question: DailyQuestion, keys: KeysOfFrame) -> dict[str, tuple[object, ...]]:
    """Return the values of the keys that an inventory lists, by their texts."""
    inventory = question.inventory
    listed = [unit.key for unit in inventory.units] if isinstance(inventory, Inventory) else inventory
    values_by_text: dict[str, tuple[object, ...]] = {}
    for key in listed:
        if key is None:
            continue
        if len(keys.by) > 1:
            values, texts = combined_key(key, keys.by)
            values_by_text.setdefault(str(texts), values)
        else:
            values_by_text.setdefault(str(key), (key,))
    return values_by_text


def _table_of_days(
    question: DailyQuestion, plan: Plan, places: _Places, core_days: Mapping[str | None, list[DataColumn]]
) -> DayTable:
    """Return the days of all keys."""
    table = DayTable(places.day_counts)
    for place, text in enumerate(places.texts):
        if text in core_days:
            table.put_key(place, core_days[text])
    if plan.rows is not None:
        for zone, (numbers, group_places) in places.timeline_groups().items():
            arguments = question.arguments_in(zone)
            for ranks, days in days_by_timeline(arguments, plan.rows, numbers):
                table.put_keys(group_places[ranks], arguments.frame.days.dates, days, arguments.policy.target_ratio)
    return table


def _ways(plan: Plan, places: _Places, core_days: Mapping[str | None, object]) -> tuple[Way, ...]:
    """Return how many keys took which way."""
    reasons = plan.core_reasons or {}
    counts = Counter(plan.reason_of_all or reasons.get(str(text), "") for text in places.texts if text in core_days)
    on_timeline = sum(text not in core_days for text in places.texts)
    ways = [Way("timeline", on_timeline)] if on_timeline else []
    return (*ways, *(Way("core", count, reason) for reason, count in counts.most_common()))
