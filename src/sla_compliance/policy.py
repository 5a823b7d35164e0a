"""What was promised and how it is measured: SLAPolicy and its fingerprints."""
################################################################
# A target is read exactly: 99.9, "99.9" and Decimal("99.9") are all 999/1000.
# Its exponent is bounded before anything computes with it: an exact fraction of
# 1e-999999999 would take minutes.
#
# The measurement fingerprint covers what changes the ledger: filter, damping,
# staleness, accepted maintenance. The fingerprint covers target and accounting too.
# Stored days are found by it, so it must stay what it is: a rule that is added
# later enters the digest only where it differs from its default. What changes no
# cell but may change a confirmation (unknown, minimum coverage) is in the second.
################################################################

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final, Literal

from sla_compliance.alarms import AlarmFilter
from sla_compliance.calendars.exclusions import MaintenanceKind
from sla_compliance.calendars.planned_work import NO_RULES, PlannedWork
from sla_compliance.checks import check_type, listed, wrong_type, wrong_value
from sla_compliance.errors import InvalidTargetError, shown
from sla_compliance.labels import CELLS, NAMED_ACCOUNTINGS, Accounting, Counts, Scope, State
from sla_compliance.units import MICROSECOND, length_us

Target = str | int | float | Decimal
DEFAULT_TARGET: Final = "99.9"
AnyShare = str | int | float | Decimal | Fraction
UnknownTime = Literal["doubt", "excluded"]
DOUBT_AT_MOST: Final = timedelta(hours=24)
PLANNED_ONLY: Final = frozenset({MaintenanceKind.PLANNED})

_UNKNOWN_TIMES: Final = ("doubt", "excluded")
_FINGERPRINT_VERSION: Final = 1
_SCOPES: Final = tuple(Scope)
_FIRST_STATES: Final = (State.NOT_YET, State.DOWN, State.UNKNOWN, State.UP)
_TARGET_TEXT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_LONGEST_TARGET: Final = 400
_SMALLEST_EXPONENT: Final = -400


def target_ratio(target_percentage: Target, *, field: str = "target_percentage") -> Fraction:
    """Return a target as an exact share.

    Raises:
        InvalidTypeError: it is neither text nor a number (True and None are neither).
        InvalidTargetError: it is no finite percentage from 0 to 100.

    >>> target_ratio("99.9"), target_ratio(99.9)
    (Fraction(999, 1000), Fraction(999, 1000))
    """
    if isinstance(target_percentage, bool) or not isinstance(target_percentage, str | int | float | Decimal):
        raise wrong_type(target_percentage, field, "a percentage such as 99.9")
    decimal = _decimal(target_percentage)
    if decimal is None or not 0 <= decimal <= 100:
        raise InvalidTargetError(
            f"{field} is {shown(target_percentage)}; give a percentage from 0 to 100, such as 99.9", field=field
        )
    return Fraction(decimal) / 100


def _decimal(value: Target) -> Decimal | None:
    """Return a target's exact decimal; None where it is not finite, not of the grammar or too long to be meant."""
    if isinstance(value, int):
        return Decimal(value) if 0 <= value <= 100 else None
    if isinstance(value, float):
        value = float.__repr__(value)
    if isinstance(value, str):
        if len(value) > _LONGEST_TARGET or not _TARGET_TEXT.fullmatch(value):
            return None
        value = Decimal(value)
    _, digits, exponent = value.as_tuple()
    is_bounded = isinstance(exponent, int) and _SMALLEST_EXPONENT <= exponent <= 2 and len(digits) <= _LONGEST_TARGET
    return value if is_bounded else None


@dataclass(frozen=True, slots=True, init=False)
class SLAPolicy:
    """A target and the rules of measurement; hashable and picklable.

    Attributes:
        target_ratio: agreed availability, exact, in [0, 1].
        qualifying: which alarms are outages.
        accounting: which time counts as what.
        merge_gap: gaps between outages shorter than this become downtime.
        min_outage: outages shorter than this, after merging, are dropped.
        stale_after: an active alarm last seen longer ago than this ends when it was last seen; None: never.
        accepted_maintenance: the kinds of maintenance that take time out of agreed service time.
        planned_work: which of it is accepted at all.
        unknown: whether unmonitored time is doubt, or left out as most contracts agree.
        minimum_coverage_ratio: the share of time that must be observed for it to be left out; below it is doubt.
        refreshed_every: the source touches open alarms at least this often, so what `stale_after` ends is over; None:
            that is not known.
        doubt_at_most: how long an alarm lasted at most that says it is over and nothing of when.

    Raises:
        InvalidTargetError, InvalidValueError, InvalidTypeError: naming the argument.
    """

    target_ratio: Fraction
    qualifying: AlarmFilter
    accounting: Accounting
    merge_gap: timedelta
    min_outage: timedelta
    stale_after: timedelta | None
    accepted_maintenance: frozenset[MaintenanceKind]
    planned_work: PlannedWork
    unknown: UnknownTime
    minimum_coverage_ratio: Fraction
    refreshed_every: timedelta | None
    doubt_at_most: timedelta

    def __init__(
        self,
        target_percentage: Target = DEFAULT_TARGET,
        *,
        qualifying: AlarmFilter = AlarmFilter(),
        accounting: Accounting = Accounting.REMOVED,
        merge_gap: timedelta = timedelta(0),
        min_outage: timedelta = timedelta(0),
        stale_after: timedelta | None = None,
        accepted_maintenance: Iterable[MaintenanceKind] = PLANNED_ONLY,
        planned_work: PlannedWork = NO_RULES,
        unknown: UnknownTime = "doubt",
        minimum_coverage: AnyShare = 0,
        refreshed_every: timedelta | None = None,
        doubt_at_most: timedelta = DOUBT_AT_MOST,
    ) -> None:
        check_type(qualifying, AlarmFilter, "qualifying", "AlarmFilter")
        check_type(accounting, Accounting, "accounting", "Accounting")
        check_type(planned_work, PlannedWork, "planned_work", "PlannedWork")
        for field, length in (("merge_gap", merge_gap), ("min_outage", min_outage), ("doubt_at_most", doubt_at_most)):
            length_us(length, field=field)
        for field, optional in (("stale_after", stale_after), ("refreshed_every", refreshed_every)):
            if optional is not None:
                length_us(optional, field=field)
        if unknown not in _UNKNOWN_TIMES:
            raise wrong_value(unknown, "unknown", " or ".join(map(repr, _UNKNOWN_TIMES)))
        accepted = _kinds(accepted_maintenance)
        object.__setattr__(self, "target_ratio", target_ratio(target_percentage))
        object.__setattr__(self, "qualifying", qualifying)
        object.__setattr__(self, "accounting", accounting)
        object.__setattr__(self, "merge_gap", merge_gap)
        object.__setattr__(self, "min_outage", min_outage)
        object.__setattr__(self, "stale_after", stale_after)
        object.__setattr__(self, "accepted_maintenance", accepted)
        object.__setattr__(self, "planned_work", planned_work)
        object.__setattr__(self, "unknown", unknown)
        object.__setattr__(self, "minimum_coverage_ratio", _share(minimum_coverage, "minimum_coverage"))
        object.__setattr__(self, "refreshed_every", refreshed_every)
        object.__setattr__(self, "doubt_at_most", doubt_at_most)

    def with_changes(self, **changes: object) -> SLAPolicy:
        """Return a policy with some arguments of SLAPolicy changed, by name; raises as SLAPolicy does."""
        arguments: dict[str, Any] = {
            "qualifying": self.qualifying,
            "accounting": self.accounting,
            "merge_gap": self.merge_gap,
            "min_outage": self.min_outage,
            "stale_after": self.stale_after,
            "accepted_maintenance": self.accepted_maintenance,
            "planned_work": self.planned_work,
            "unknown": self.unknown,
            "minimum_coverage": self.minimum_coverage_ratio,
            "refreshed_every": self.refreshed_every,
            "doubt_at_most": self.doubt_at_most,
        }
        arguments.update(changes)
        policy = SLAPolicy(**arguments)
        if "target_percentage" not in changes:
            # An argument is a decimal; the ratio is kept as it is.
            object.__setattr__(policy, "target_ratio", self.target_ratio)
        return policy

    @property
    def target_percentage(self) -> float:
        """The target as a number for people; figures are compared with `target_ratio`."""
        return float(self.target_ratio * 100)

    @property
    def merge_gap_us(self) -> int:
        """`merge_gap` in microseconds."""
        return self.merge_gap // MICROSECOND

    @property
    def min_outage_us(self) -> int:
        """`min_outage` in microseconds."""
        return self.min_outage // MICROSECOND

    @property
    def stale_after_us(self) -> int | None:
        """`stale_after` in microseconds; None: never."""
        return None if self.stale_after is None else self.stale_after // MICROSECOND

    @property
    def doubt_at_most_us(self) -> int:
        """`doubt_at_most` in microseconds."""
        return self.doubt_at_most // MICROSECOND

    @property
    def margin_us(self) -> int:
        """How far beyond a window alarms can change its downtime: merge_gap + min_outage.

        An outage that reaches beyond the margin is known to last: inside the margin alone it has min_outage.
        """
        return self.merge_gap_us + self.min_outage_us

    @property
    def measurement_fingerprint(self) -> str:
        """A stable short hash of all that changes the ledger: not the target, not the accounting."""
        return _fingerprint(self)[0]

    @property
    def fingerprint(self) -> str:
        """A stable short hash of all that changes a figure."""
        return _fingerprint(self)[1]

    @property
    def canonical(self) -> dict[str, object]:
        """All that changes a figure, in JSON types; `fingerprint` is its digest."""
        return {**_measurement_rules(self), **_question(self)}


@lru_cache(maxsize=1024)
def _fingerprint(policy: SLAPolicy) -> tuple[str, str]:
    return _digest(_measurement_rules(policy)), _digest(policy.canonical)


def _measurement_rules(policy: SLAPolicy) -> dict[str, object]:
    return {
        "version": _FINGERPRINT_VERSION,
        "severities": sorted(policy.qualifying.severities),
        "excluded_alarm_types": sorted(policy.qualifying.excluded_alarm_types),
        "excluded_statuses": sorted(policy.qualifying.excluded_statuses),
        "merge_gap_us": policy.merge_gap_us,
        "min_outage_us": policy.min_outage_us,
        "stale_after_us": policy.stale_after_us,
        "accepted_maintenance": sorted(policy.accepted_maintenance),
        **_later_rules(policy),
    }


def _question(policy: SLAPolicy) -> dict[str, object]:
    return {"target": str(policy.target_ratio), **_counted_cells(policy.accounting), **_confirmation_rules(policy)}


def _later_rules(policy: SLAPolicy) -> dict[str, object]:
    """Return the rules of measurement that came after the first release, of those that differ from their default."""
    rules: dict[str, object] = {}
    planned_work = policy.planned_work.canonical()
    if planned_work:
        rules["planned_work"] = planned_work
    if policy.doubt_at_most != DOUBT_AT_MOST:
        rules["doubt_at_most_us"] = policy.doubt_at_most_us
    if policy.refreshed_every is not None:
        rules["refreshed_every_us"] = policy.refreshed_every // MICROSECOND
    return rules


def _confirmation_rules(policy: SLAPolicy) -> dict[str, object]:
    """Return the rules that change no cell and may change a confirmation, of those that differ from their default."""
    if policy.unknown == "doubt":
        return {}
    return {"unknown": policy.unknown, "minimum_coverage": str(policy.minimum_coverage_ratio)}


def _counted_cells(accounting: Accounting) -> dict[str, object]:
    """Return which cells count as what, numbered as when there were four states.

    The excused states came later. They are named only where an accounting counts them otherwise than the named
    accounting that agrees with it on the other four, or, where none does, than REMOVED.
    """
    up, down = _numbered_by_four_states(accounting.up_cells), _numbered_by_four_states(accounting.down_cells)
    defaults = [getattr(Accounting, name) for name in NAMED_ACCOUNTINGS]
    default = next(
        (
            named
            for named in defaults
            if (up, down) == (_numbered_by_four_states(named.up_cells), _numbered_by_four_states(named.down_cells))
        ),
        Accounting.REMOVED,
    )
    excused = _excused_cells(accounting)
    return {"up": up, "down": down, **({} if excused == _excused_cells(default) else {"excused": excused})}


def _numbered_by_four_states(indices: tuple[int, ...]) -> list[int]:
    cells = [CELLS[index] for index in indices]
    return [
        _SCOPES.index(scope) * len(_FIRST_STATES) + _FIRST_STATES.index(state)
        for scope, state in cells
        if state in _FIRST_STATES
    ]


def _excused_cells(accounting: Accounting) -> list[list[str]]:
    """Return how the excused cells count, in label order."""
    return [
        [scope, state, accounting.counts(scope, state)]
        for scope, state in CELLS
        if state not in _FIRST_STATES and accounting.counts(scope, state) is not Counts.NOT_COUNTED
    ]


def _digest(facts: object) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def _share(value: AnyShare, field: str) -> Fraction:
    """Return a share in [0, 1], exact: 0.95, "0.95" and Decimal("0.95") all mean 19/20."""
    wanted = "a share from 0 to 1, such as 0.95"
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal | Fraction):
        raise wrong_type(value, field, wanted)
    if isinstance(value, Fraction):
        share: Fraction | None = value
    else:
        decimal = _decimal(value)
        share = None if decimal is None else Fraction(decimal)
    if share is None or not 0 <= share <= 1:
        raise wrong_value(value, field, wanted)
    return share


def _kinds(values: Iterable[MaintenanceKind]) -> frozenset[MaintenanceKind]:
    field = "accepted_maintenance"
    kinds = listed(values, field, "kinds, e.g. {MaintenanceKind.PLANNED}")
    for kind in kinds:
        check_type(kind, MaintenanceKind, field, MaintenanceKind.__name__)
    return frozenset(kinds)
