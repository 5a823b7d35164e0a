"""Inventory: the units that reports are made for, the devices they share, their own terms."""
################################################################
# Rows hold only what failed, so an inventory says what there is. A unit may depend
# on others, its parents: an alarm on a parent, at any depth, is downtime of the
# unit. Keys are compared as text, so a UUID meets the text of rows. A parent is a
# unit of the same inventory, and no unit is its own ancestor.
#
# What a unit says of itself (target, in service, service hours, zone) takes the
# place of what the evaluation says for all.
################################################################

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final, Self

from sla_compliance.calendars.local_days import first_instant_us
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.checks import check_type, checked_text, listed, listed_keys, wrong_type, wrong_value
from sla_compliance.columns import is_absent
from sla_compliance.contract import Times, times
from sla_compliance.errors import InvalidIntervalError, InvalidValueError, SLAComplianceError, shown
from sla_compliance.intervals import ALWAYS_END_US, ALWAYS_START_US, IntervalSet
from sla_compliance.policy import Target, target_ratio
from sla_compliance.units import instant_us, parse_date, parse_timestamp
from sla_compliance.zones import load_zone

_DATE_LENGTH: Final = len("2026-10-08")
_IN_SERVICE_FORM: Final = "2026-10-08..2026-12-31, 2026-10-08.. or ..2026-12-31"


@dataclass(frozen=True, slots=True, init=False)
class Unit:
    """One thing that a report is made for: a circuit, a customer, a device.

    Attributes:
        key: what rows call it; compared as text.
        parents: keys of the units that it depends on.
        target: its agreed availability, a percentage; None: the policy's.
        in_service: from activation to termination; None: as for all.
        service_hours: its agreed hours; None: as for all.
        zone: the zone of its local days, an IANA name; None: as for all.
        title: what people call it.

    Raises:
        SLAComplianceError: an argument is bad; a ValueError or TypeError that names it.
    """

    key: Hashable
    parents: tuple[Hashable, ...]
    target: Target | None
    in_service: IntervalSet | None
    service_hours: ServiceHours | IntervalSet | None
    zone: str | None
    title: str | None

    def __init__(
        self,
        key: Hashable,
        *,
        parents: Iterable[Hashable] = (),
        target: Target | None = None,
        in_service: Times | None = None,
        service_hours: ServiceHours | Times | None = None,
        zone: str | None = None,
        title: str | None = None,
    ) -> None:
        """Check and keep what is said of the unit; `in_service` and `service_hours` as in `evaluate`."""
        parent_keys = listed_keys(parents, "parents")
        for name, keys in (("key", listed_keys([key], "key")), ("parents", parent_keys)):
            if any(map(is_absent, keys)):
                raise wrong_value(None, name, "a text or number that names a unit")
        if target is not None:
            target_ratio(target, field="target")
        if service_hours is not None and not isinstance(service_hours, ServiceHours):
            service_hours = times(service_hours, "service_hours")
        # A frozen dataclass takes its fields in __init__ by object.__setattr__ alone.
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "parents", tuple(parent_keys))
        object.__setattr__(self, "target", target)
        object.__setattr__(self, "in_service", None if in_service is None else times(in_service, "in_service"))
        object.__setattr__(self, "service_hours", service_hours)
        object.__setattr__(self, "zone", None if zone is None else load_zone(zone).key)
        object.__setattr__(self, "title", None if title is None else checked_text(title, "title"))

    @property
    def has_terms(self) -> bool:
        """Whether anything is agreed for the unit that is not agreed for all."""
        return any(terms is not None for terms in (self.target, self.in_service, self.service_hours, self.zone))


@dataclass(frozen=True, slots=True, init=False)
class Inventory:
    """The units that reports are made for.

    Attributes:
        units: in the order of the reports.
        ancestors: by the text of each key, the texts of the keys of its parents, at any depth.

    Raises:
        InvalidTypeError: `units` is not several Unit.
        InvalidValueError: a key stands for two units, a parent is no unit, or parents run in a circle; it names them.

    >>> inventory = Inventory([Unit("olt-1"), Unit("c-1", parents=["olt-1"])])
    >>> inventory.ancestors["c-1"]
    frozenset({'olt-1'})
    """

    units: tuple[Unit, ...]
    ancestors: Mapping[str, frozenset[str]] = field(compare=False, repr=False)

    def __init__(self, units: Iterable[Unit]) -> None:
        """Check the units and follow their parents."""
        unit_list = listed(units, "units", "several Unit")
        for index, unit in enumerate(unit_list):
            check_type(unit, Unit, f"units[{index}]", "a Unit, or mappings to Inventory.from_rows")
        object.__setattr__(self, "units", tuple(unit_list))
        object.__setattr__(self, "ancestors", _ancestors(unit_list))

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, Any]], *, zone: str | None = None) -> Self:
        """Return the inventory of some mappings, e.g. of csv.DictReader, whose names are the arguments of Unit.

        Args:
            rows: `key` is needed. `parents` may be text with blanks between the keys, `in_service` text of the form
                FROM..TO with either end left out (a date as an end is included), `service_hours` text as
                `ServiceHours.parse` reads it. Absent values are those of the columns of alarms: None, NaN, "".
            zone: of dates without a time, in rows that have no `zone` of their own.

        Raises:
            SLAComplianceError: a row is no unit, or has an unknown name; the message names row and column. Others as
                the constructor.

        >>> rows = [{"key": "olt-1"}, {"key": "c-1", "parents": "olt-1", "target": "99.95"}]
        >>> Inventory.from_rows(rows).units[1].target
        '99.95'
        """
        units = []
        for index, row in enumerate(listed(rows, "rows", "several mappings, e.g. a csv.DictReader")):
            check_type(row, Mapping, f"rows[{index}]", "a mapping such as {'key': 'c-1', 'target': '99.95'}")
            try:
                units.append(unit_of_row(row, zone))
            except SLAComplianceError as error:
                raise error.renamed(f"rows[{index}].{error.field}") from error
        return cls(units)

    @property
    def parent_keys(self) -> frozenset[str]:
        """The keys, as text, of all units that others depend on."""
        return frozenset().union(*self.ancestors.values())


def _ancestors(units: Iterable[Unit]) -> dict[str, frozenset[str]]:
    """Return by the text of each key the texts of the keys of its parents, at any depth."""
    parents_by_key: dict[str, tuple[str, ...]] = {}
    for unit in units:
        key = str(unit.key)
        if key in parents_by_key:
            raise InvalidValueError(f"units has the key {shown(key)} twice; give each unit once", field="units")
        parents_by_key[key] = tuple(map(str, unit.parents))
    for key, parents in parents_by_key.items():
        for parent in parents:
            if parent not in parents_by_key:
                raise InvalidValueError(
                    f"units has no {shown(parent)}, a parent of {shown(key)}; add a Unit of that key", field="units"
                )
    ancestors: dict[str, frozenset[str]] = {}
    for key in _parents_first(parents_by_key):
        parents = parents_by_key[key]
        ancestors[key] = frozenset(parents).union(*(ancestors[parent] for parent in parents))
    return {key: ancestors[key] for key in parents_by_key}


def _parents_first(parents_by_key: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the keys in an order in which every unit comes after its parents."""
    try:
        return list(TopologicalSorter(parents_by_key).static_order())
    except CycleError as error:
        circle = " -> ".join(map(shown, error.args[1]))
        raise InvalidValueError(
            f"units has parents in a circle, {circle}; no unit can depend on itself", field="units"
        ) from None


_ROW_COLUMNS: Final = ("key", "parents", "target", "in_service", "service_hours", "zone", "title")


def unit_of_row(row: Mapping[str, Any], zone: str | None = None) -> Unit:
    """Return the unit of a mapping, as `Inventory.from_rows` reads it.

    An unknown name is refused, for a misspelt one would quietly say nothing.
    """
    values: dict[str, Any] = {}
    for name, value in row.items():
        if name not in _ROW_COLUMNS:
            raise InvalidValueError(f"{name} is no column; units have {', '.join(_ROW_COLUMNS)}", field=str(name))
        if not is_absent(value):
            values[name] = value
    if "key" not in values:
        raise InvalidValueError("key is empty; every unit needs one", field="key")
    parents, in_service, service_hours = (values.get(name) for name in ("parents", "in_service", "service_hours"))
    if isinstance(parents, str):
        values["parents"] = parents.split()
    if isinstance(in_service, str):
        values["in_service"] = _in_service(in_service, values.get("zone", zone))
    if isinstance(service_hours, str):
        values["service_hours"] = ServiceHours.parse(service_hours)
    return Unit(values.pop("key"), **values)


def _in_service(text: str, zone: str | None) -> IntervalSet:
    """Return the time that a text of the form FROM..TO names; without a dot it is the start alone."""
    start_text, _, end_text = map(str.strip, text.partition(".."))
    if not (start_text or end_text):
        raise wrong_value(text, "in_service", _IN_SERVICE_FORM)
    start_us = _bound_us(start_text, zone, is_end=False) if start_text else ALWAYS_START_US
    end_us = _bound_us(end_text, zone, is_end=True) if end_text else ALWAYS_END_US
    if end_us < start_us:
        message = f"in_service is {shown(text)}, which ends before it starts; swap them"
        raise InvalidIntervalError(message, field="in_service")
    return IntervalSet.from_pairs([(start_us, end_us)])


def _bound_us(text: str, zone: str | None, *, is_end: bool) -> int:
    """Return the instant of a timestamp, or where a date begins; as an end a date is included."""
    field = "in_service"
    try:
        moment_or_date = parse_date(text) if len(text) == _DATE_LENGTH else parse_timestamp(text)
    except SLAComplianceError:
        raise wrong_value(text, field, f"{_IN_SERVICE_FORM}, each a date or a timestamp with its offset") from None
    if isinstance(moment_or_date, datetime):
        return instant_us(moment_or_date, field=field)
    date = moment_or_date
    if zone is None:
        raise wrong_type(text, field, f"a timestamp with an offset, or the zone of {text}")
    first_us = first_instant_us(date, zone, field=field)  # refuses dates that have no next one
    return first_instant_us(date + timedelta(days=1), zone, field=field) if is_end else first_us
