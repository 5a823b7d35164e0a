"""DailyQuestion: what is asked of a frame of many keys, checked, and the terms in each zone."""
################################################################
# The zone is one for all keys, or each key's own, in a column. Dates as bounds are
# the first instants of these days in each zone, so that keys of all zones have the
# same days, all of them whole. Instants as bounds are one window for all of them.
################################################################

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NotRequired, TypedDict

from sla_compliance.alarms import ALARM_COLUMNS, ColumnKind
from sla_compliance.calendars.exclusions import Exclusion, MaintenanceWindow
from sla_compliance.calendars.local_days import first_instant_us
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.checks import checked_text, listed_keys, listed_texts, shown_names
from sla_compliance.contract import Pair, Times
from sla_compliance.errors import InvalidTypeError, InvalidValueError, shown
from sla_compliance.evaluation import EvaluationArguments, check_unkeyed
from sla_compliance.inventory import Inventory
from sla_compliance.lazy import LazyValue, lazy_property
from sla_compliance.policy import SLAPolicy
from sla_compliance.readings import Unkeyed
from sla_compliance.record_columns import RECORD_TYPES
from sla_compliance.rows.times import Epoch
from sla_compliance.rows.words import WordMap
from sla_compliance.units import moment
from sla_compliance.validation import OnInvalid

_WORDS: Final = ("severity", "status")
_KINDS_OF_COLUMNS: Final = {column.name: column.kind for column in ALARM_COLUMNS}
_DEFAULT_ZONE: Final = "UTC"
Bound = dt.datetime | dt.date


class Terms(TypedDict):
    """The terms of all keys: keywords of evaluate() beside the alarms, the window and the zone."""

    as_of: dt.datetime
    policy: NotRequired[SLAPolicy]
    maintenance: NotRequired[Iterable[MaintenanceWindow | Pair]]
    exclusions: NotRequired[Iterable[Exclusion | Pair]]
    service_hours: NotRequired[ServiceHours | Times | None]
    in_service: NotRequired[Times | None]
    monitored: NotRequired[Times | None]
    monitor_gap: NotRequired[dt.timedelta]


class DailyKeywords(Terms):
    """The keywords of `daily_result`, for type checkers."""

    by: NotRequired[str | Iterable[str]]
    zone: NotRequired[str | None]
    zone_column: NotRequired[str | None]
    start: Bound
    end: Bound
    inventory: NotRequired[Inventory | Iterable[Hashable] | None]
    unkeyed: NotRequired[Unkeyed]
    columns: NotRequired[Mapping[str, str] | None]
    times_in: NotRequired[str | None]
    epoch: NotRequired[Epoch | None]
    severity_map: NotRequired[WordMap | None]
    status_map: NotRequired[WordMap | None]
    on_invalid: NotRequired[OnInvalid]
    clock_skew: NotRequired[dt.timedelta]


@dataclass(frozen=True)
class DailyQuestion(LazyValue):
    """What is asked of a frame of many keys.

    Attributes:
        by: the columns of which each combination of values is a key.
        zone: the zone of all keys; None where each has its own.
        zone_column: the column of each key's zone; None where all have one.
        start, end: the window, half-open; instants, or dates in each key's zone.
        terms: of all keys.
        inventory: further keys, which have days even without an alarm.
        unkeyed: whose the rows without a key are.
    """

    by: tuple[str, ...]
    zone: str | None
    zone_column: str | None
    start: Bound
    end: Bound
    terms: Terms
    inventory: Inventory | tuple[Hashable, ...] = ()
    unkeyed: Unkeyed = "doubt"

    @classmethod
    def of(
        cls,
        *,
        by: str | Iterable[str],
        zone: str | None,
        zone_column: str | None,
        start: Bound,
        end: Bound,
        terms: Terms,
        inventory: Inventory | Iterable[Hashable] | None = None,
        unkeyed: Unkeyed = "doubt",
    ) -> DailyQuestion:
        """Return the question; arguments and errors as `daily_compliance`."""
        _check_terms(terms)
        names = _checked_names(by)
        if zone_column is not None:
            checked_text(zone_column, "zone_column", "the name of a column")
            if zone is not None:
                raise InvalidValueError("zone and zone_column are both given; give one of them", field="zone_column")
        elif zone is None:
            zone = _DEFAULT_ZONE
        check_unkeyed(unkeyed)
        if inventory is not None and zone_column is not None:
            raise InvalidValueError(
                "inventory names keys without rows, which zone_column says no zone of; give an Inventory of units with"
                " their zones, and zone",
                field="inventory",
            )
        if isinstance(inventory, Inventory) and len(names) > 1:
            raise InvalidValueError(
                f"inventory is of one column, and by names {len(names)}; give tuples of values as inventory",
                field="inventory",
            )
        if not isinstance(inventory, Inventory):
            inventory = tuple(listed_keys(() if inventory is None else inventory, "inventory"))
        question = cls(names, zone, zone_column, start, end, terms, inventory, unkeyed)
        question.arguments_in(question.common_zone)  # so that terms are refused before a frame is read
        return question

    @property
    def policy(self) -> SLAPolicy:
        """The policy of all keys."""
        return self.arguments_in(self.common_zone).policy

    @property
    def common_zone(self) -> str:
        """The zone of all keys; where each has its own, that of no key."""
        return _DEFAULT_ZONE if self.zone is None else self.zone

    def arguments_in(self, zone: str) -> EvaluationArguments:
        """Return the terms of the keys of one zone; made once for each.

        Raises:
            UnknownZoneError: there is no such zone. Others as EvaluationArguments.
        """
        if zone not in self._arguments_by_zone:
            start, end = _instant(self.start, zone, "start"), _instant(self.end, zone, "end")
            self._arguments_by_zone[zone] = EvaluationArguments(zone=zone, start=start, end=end, **self.terms)
        return self._arguments_by_zone[zone]

    @lazy_property
    def _arguments_by_zone(self) -> dict[str, EvaluationArguments]:
        return {}


def _check_terms(terms: Mapping[str, object]) -> None:
    """Check the names of terms; Python would refuse them in the name of a function that the caller does not know."""
    for name in terms:
        if name not in Terms.__annotations__:
            raise TypeError(f"daily_compliance() and daily_result() take no keyword argument {name!r}")
    if "as_of" not in terms:
        raise TypeError(
            "daily_compliance() and daily_result() need the keyword argument 'as_of'; give an aware datetime"
        )


def missing_column(field: str, name: str, their_names: Iterable[str]) -> InvalidValueError:
    """Return the error of an argument that names a column which a frame does not have.

    Args:
        their_names: the names that the frame has, as rows are read.
    """
    return InvalidValueError(
        f"{field} is {shown(name)}; the frame has the columns {shown_names(sorted(their_names))}", field=field
    )


def _checked_names(by: str | Iterable[str]) -> tuple[str, ...]:
    names = (by,) if isinstance(by, str) else tuple(listed_texts(by, "by"))
    if not names:
        raise InvalidValueError("by names no column; name one or several, e.g. ('tenant_id',)", field="by")
    for name in names:
        if names.count(name) > 1:
            raise InvalidValueError(f"by names {shown(name)} twice; name it once", field="by")
        if _KINDS_OF_COLUMNS.get(name, ColumnKind.KEY) not in (ColumnKind.KEY, ColumnKind.TEXT) or name in _WORDS:
            raise InvalidValueError(f"by names {shown(name)}, which is no column of keys; name another", field="by")
        if name in RECORD_TYPES:
            raise InvalidValueError(
                f"by names {shown(name)}, which is a column of the figures; rename it in the frame", field="by"
            )
    return names


def _instant(bound: Any, zone: str, field: str) -> dt.datetime:  # noqa: ANN401 - whatever the caller gives
    """Return a bound of the window in a zone."""
    if isinstance(bound, dt.datetime):
        return bound
    if isinstance(bound, dt.date):
        return moment(first_instant_us(bound, zone, field=field))
    raise InvalidTypeError(f"{field} is {shown(bound)}; give an aware datetime, or a date", field=field)
