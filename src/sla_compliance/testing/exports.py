"""Strategies of exports: rows as other products write them, with what reads them and what they mean."""
################################################################
# A product has its own names of columns, words of severity, and way to write a time. A
# row is written from a drawn alarm, column by column. What it means is what is left of
# the alarm: columns that the product lacks are lost, and a time on the wall that comes
# twice is its first occurrence.
#
# Cells are spelled as people's exports spell them: blank or absent ends, words in any
# case, numbers as text, offsets of any zone, seconds left out where they are 0.
################################################################

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final, Literal

from hypothesis import strategies as st

from sla_compliance.alarms import Alarm
from sla_compliance.batch import AlarmBatch
from sla_compliance.rows.mappings import alarms_from_rows
from sla_compliance.testing.oracle.calendar import rules_of
from sla_compliance.testing.oracle.world import Place
from sla_compliance.testing.strategies import HERE, alarm_lists

WrittenTime = Literal["datetime", "text", "local text", "number"]
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNIT_LENGTHS: Final = {"s": timedelta(seconds=1), "ms": timedelta(milliseconds=1), "us": timedelta(microseconds=1)}
_INSTANTS: Final = ("first_occurrence", "cleared_at", "resolved_at", "last_occurrence")
_ENDS: Final = frozenset({"cleared_at", "resolved_at"})

_spellings: st.SearchStrategy[Callable[[str], str]] = st.sampled_from((str, str.lower, str.upper, str.title))
_blanks = st.sampled_from((None, "", float("nan")))
_offsets = st.sampled_from((0, 60, -210, 345, 840))
_separators = st.sampled_from(("T", " "))
_yes_or_no = st.booleans()
_number_forms = st.sampled_from((int, str, float))


@dataclass(frozen=True)
class Product:
    """How a product writes its export.

    Attributes:
        columns: names in an Alarm to its own; a dot leads into an object.
        time_form: how it writes times.
        severities: its word for each of critical, major and minor; none: it has no severities.
        over_word: its status of an alarm that is over; None: ours.
        open_ends: what it writes where an alarm is not over, beside blanks.
    """

    name: str
    columns: Mapping[str, str]
    time_form: WrittenTime
    severities: Mapping[str, str] = field(default_factory=dict)
    over_word: str | None = None
    open_ends: Sequence[object] = ()


_OWN_COLUMNS: Final = (*_INSTANTS, "severity", "status", "id", "alarm_type", "resource_id", "customer_id")
PRODUCTS: Final = (
    Product("our own names", {name: name for name in _OWN_COLUMNS}, "datetime"),
    Product(
        "a list of problems",  # as Zabbix answers event.get
        {"first_occurrence": "clock", "cleared_at": "r_clock", "severity": "severity", "id": "eventid",
         "resource_id": "host"},
        "number",
        {"critical": "5", "major": "4", "minor": "2"},
        open_ends=(0, "0"),
    ),
    Product(
        "alerts with labels",  # as Prometheus' Alertmanager posts them
        {"first_occurrence": "startsAt", "cleared_at": "endsAt", "id": "fingerprint", "severity": "labels.severity",
         "alarm_type": "labels.alertname", "resource_id": "labels.instance"},
        "text",
        {"critical": "page", "major": "error", "minor": "warning"},
        open_ends=("0001-01-01T00:00:00Z",),
    ),
    Product(
        "a spreadsheet",
        {"first_occurrence": "Raised", "cleared_at": "Cleared", "last_occurrence": "Last seen", "severity": "Priority",
         "status": "State", "id": "No.", "resource_id": "Device", "customer_id": "Customer"},
        "local text",
        {"critical": "P1", "major": "P2", "minor": "P3"},
        over_word="Done",
    ),
    Product("a list of outages", {"first_occurrence": "Down", "cleared_at": "Up", "id": "#"}, "local text"),
)  # fmt: skip
"""Every kind of column names, words and times that the reader of rows knows an option for."""


@dataclass(frozen=True)
class Export:
    """Rows of another product.

    Attributes:
        rows: mappings, as csv.DictReader or a JSON document gives them.
        options: the keywords of alarms_from_rows() that read them.
        alarms: what they mean.
        product: what wrote them, for people.
    """

    rows: Sequence[Mapping[str, Any]]
    options: Mapping[str, Any]
    alarms: Sequence[Alarm]
    product: str

    def batch(self) -> AlarmBatch:
        """Return the rows as `alarms_from_rows` reads them with the options."""
        return alarms_from_rows(self.rows, **self.options)


@st.composite
def exports(draw: st.DrawFn, place: Place = HERE) -> Export:
    """Draw the export of some product: rows, the options that read them, and the alarms that they mean.

    `alarms_from_rows(export.rows, **export.options)` says the same as `AlarmBatch.from_alarms(export.alarms)`.
    """
    product = draw(st.sampled_from(PRODUCTS))
    unit_name = next(name for name, length in _UNIT_LENGTHS.items() if _is_whole(place, length))
    writer = _RowWriter(draw, product, place.zone, unit_name)
    written = [writer.row(alarm) for alarm in draw(alarm_lists(place))]
    options: dict[str, Any] = {}
    if product.columns != dict(zip(product.columns, product.columns, strict=True)):
        options["columns"] = dict(product.columns)
    if product.time_form == "local text":
        options["times_in"] = place.zone
    if product.time_form == "number":
        options["epoch"] = unit_name
    if product.severities:
        options["severity_map"] = {ours: [theirs] for ours, theirs in product.severities.items()}
    if product.over_word is not None:
        options["status_map"] = {"cleared": [product.over_word]}
    return Export([row for row, _ in written], options, [alarm for _, alarm in written], product.name)


def _is_whole(place: Place, length: timedelta) -> bool:
    return (place.base - _EPOCH) % length == place.unit % length == timedelta(0)


class _RowWriter:
    """Writes alarms as the rows of a product."""

    def __init__(self, draw: st.DrawFn, product: Product, zone: str, unit_name: str) -> None:
        self._draw = draw
        self._product = product
        self._rules = rules_of(zone)
        self._unit = _UNIT_LENGTHS[unit_name]

    def row(self, alarm: Alarm) -> tuple[dict[str, Any], Alarm]:
        """Return an alarm as a row, and what the row means."""
        meaning = self._meaning(alarm)
        row: dict[str, Any] = {}
        for name, path in self._product.columns.items():
            *holders, key = path.split(".") if path.startswith("labels.") else [path]
            place_of_cell = row
            for holder in holders:
                place_of_cell = place_of_cell.setdefault(holder, {})
            place_of_cell[key] = self._cell(name, getattr(meaning, name))
        return row, meaning

    def _meaning(self, alarm: Alarm) -> Alarm:
        """Return what a row of the product can say of an alarm."""
        lacking_names = [name for name in _OWN_COLUMNS if name not in self._product.columns]
        defaults: dict[str, Any] = {name: "critical" if name == "severity" else None for name in lacking_names}
        meaning = replace(alarm, **defaults)
        if self._product.time_form != "local text":
            return meaning
        # On the wall a later instant may read as an earlier one; such a row would contradict itself.
        start = self._first_of_its_time(meaning.first_occurrence)
        times: dict[str, Any] = {"first_occurrence": start}
        for name in _INSTANTS[1:]:
            moment = getattr(meaning, name)
            if moment is not None:
                times[name] = max(start, self._first_of_its_time(moment))
        return replace(meaning, **times)

    def _first_of_its_time(self, moment: datetime) -> datetime:
        """Return the first instant at which the clock on the wall shows the same time."""
        wall = moment.astimezone(self._rules).replace(tzinfo=None)
        return wall.replace(tzinfo=self._rules, fold=0).astimezone(UTC)

    def _cell(self, name: str, value: Any) -> object:  # noqa: ANN401 - whatever an alarm holds
        draw = self._draw
        if value is None:
            blanks = _blanks | st.sampled_from(self._product.open_ends or (None,)) if name in _ENDS else _blanks
            return draw(blanks)
        if name in _INSTANTS:
            return self._time(value)
        if name == "severity":
            return draw(_spellings)(self._product.severities.get(str(value).lower(), str(value)))
        if name == "status":
            is_over = str(value).lower() in ("cleared", "resolved", "closed")
            word = self._product.over_word if is_over and self._product.over_word is not None else str(value)
            return draw(_spellings)(word)
        return value

    def _time(self, moment: datetime) -> object:
        draw, form = self._draw, self._product.time_form
        if form == "number":
            return draw(_number_forms)((moment - _EPOCH) // self._unit)
        if form == "local text":
            return _text(moment.astimezone(self._rules).replace(tzinfo=None), draw(_separators), draw(_yes_or_no))
        there = moment.astimezone(timezone(timedelta(minutes=draw(_offsets))))
        if form == "datetime":
            return there
        text = _text(there.replace(tzinfo=None), draw(_separators), draw(_yes_or_no))
        return text + _offset_text(there, draw(st.sampled_from(("Z", " UTC", "+HHMM", "+HH:MM"))))


def _text(wall: datetime, separator: str, is_short: bool) -> str:
    is_whole_minute = wall.second == wall.microsecond == 0
    return wall.isoformat(separator, "minutes" if is_short and is_whole_minute else "auto")


def _offset_text(moment: datetime, spelling: str) -> str:
    text = f"{moment:%z}"
    if text == "+0000" and spelling in ("Z", " UTC"):
        return spelling
    return text if spelling == "+HHMM" else f"{text[:3]}:{text[3:]}"
