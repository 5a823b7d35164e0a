"""The promises of ExclusionSource and SyncExclusionSource, as tests."""
################################################################
# A test class inherits ExclusionSourceContract and brings the fixture `source_of`: it
# makes a source that holds the maintenance and the exclusions of some tenants. Facts that
# the place does not keep stand in `lacks`; promises about them are skipped.
################################################################

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final, TypeAlias

import pytest

from sla_compliance.alarms import Alarm
from sla_compliance.calendars.exclusions import AnyExclusion, Exclusion, MaintenanceKind, MaintenanceWindow
from sla_compliance.compliance import evaluate
from sla_compliance.policy import SLAPolicy
from sla_compliance.sources.protocol import SyncExclusionSource
from sla_compliance.testing.stored_alarms import HOSTILE_TENANTS, HOUR, SINCE, SINCE_US, UNTIL, UNTIL_US
from sla_compliance.units import MICROSECOND

ExclusionSourceOf: TypeAlias = Callable[[Mapping[str, Sequence[AnyExclusion]]], SyncExclusionSource]

_LONGEST_NOTICE: Final = 30 * 24 * HOUR
FACTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "kind": {"kind": MaintenanceKind.EMERGENCY},
    "resource_id": {"applies_to": {"resource_id": ["olt-1", "o'brien \N{GREEK SMALL LETTER ALPHA}"]}},
    "customer_id": {"applies_to": {"customer_id": ["c1"], "resource_id": ["olt-1"]}},
    "with_children": {"applies_to": {"resource_id": ["olt-1"]}, "with_children": True},
    "announced_at": {"announced_at": SINCE - 9 * 24 * HOUR},
    "entered_at": {"entered_at": SINCE - 9 * 24 * HOUR + MICROSECOND},
    "actual_end": {"actual_end": SINCE + HOUR / 2},
    "reason": {"reason": "new splice, \N{LEFT DOUBLE QUOTATION MARK}north\N{RIGHT DOUBLE QUOTATION MARK} o'brien"},
    "recurrence": {"recurrence": "FREQ=WEEKLY;COUNT=3"},
    "zone": {"recurrence": "FREQ=DAILY;COUNT=3", "zone": "Europe/Berlin"},
    "author": {"author": "M. Ade"},
}
"""What maintenance may say besides its bounds, by the name that `lacks` has for it."""


class ExclusionSourceContract:
    """What every source of exclusions promises; needs the fixture `source_of`.

    Attributes:
        lacks: facts that the place does not keep, names of FACTS, and "exclusions": it keeps maintenance alone.
    """

    lacks: ClassVar[Collection[str]] = ()

    def needs(self, *names: str) -> None:
        """Skip the test that calls it where the place lacks a fact that the promise is about."""
        missing_names = [name for name in names if name in self.lacks]
        if missing_names:
            pytest.skip(f"the place does not keep {', '.join(missing_names)}")

    @pytest.mark.parametrize("name", FACTS)
    def test_maintenance_comes_with_all_that_is_known_of_it(self, source_of: ExclusionSourceOf, name: str) -> None:
        """To the microsecond, whatever texts contain."""
        self.needs(*(["recurrence", name] if name == "zone" else ["resource_id", name] if "_id" in name else [name]))
        if name == "with_children":
            self.needs("resource_id")
        work = MaintenanceWindow(SINCE + MICROSECOND, SINCE + HOUR, **FACTS[name])
        (returned,) = source_of({"acme": [work]}).fetch("acme", SINCE_US, UNTIL_US)
        assert returned == work

    def test_other_exclusions_come_with_all_that_is_known_of_them(self, source_of: ExclusionSourceOf) -> None:
        """They are no maintenance."""
        self.needs("exclusions")
        exclusion = Exclusion(SINCE, SINCE + HOUR, reason="customer", note="no access \N{FOX FACE}", author="N. Obi")
        targeted = Exclusion(SINCE, SINCE + HOUR, reason="power", applies_to={"resource_id": ["olt-1"]})
        returned = source_of({"acme": [exclusion, targeted]}).fetch("acme", SINCE_US, UNTIL_US)
        assert set(returned) == {exclusion, targeted}

    def test_all_that_shares_an_instant_with_the_window_comes(self, source_of: ExclusionSourceOf) -> None:
        """Begun before it, over after it, a microsecond of either end; more may come, never less."""
        works = [
            MaintenanceWindow(SINCE - HOUR, SINCE + MICROSECOND),
            MaintenanceWindow(SINCE - 400 * 24 * HOUR, UNTIL + HOUR),
            MaintenanceWindow(UNTIL - MICROSECOND, UNTIL + HOUR),
            MaintenanceWindow(SINCE + HOUR, SINCE + 2 * HOUR),
        ]
        returned = source_of({"acme": works}).fetch("acme", SINCE_US, UNTIL_US)
        assert set(works) <= set(returned)

    def test_work_that_recurs_comes_while_an_occurrence_may_meet_the_window(self, source_of: ExclusionSourceOf) -> None:
        """Its first one may be years ago."""
        self.needs("recurrence")
        first = SINCE - 800 * 24 * HOUR
        works = [
            MaintenanceWindow(first, first + HOUR, recurrence="FREQ=WEEKLY", reason="for ever"),
            MaintenanceWindow(SINCE - 48 * HOUR, SINCE - 47 * HOUR, recurrence="FREQ=DAILY;COUNT=4", reason="so often"),
        ]
        assert set(source_of({"acme": works}).fetch("acme", SINCE_US, UNTIL_US)) == set(works)

    def test_figures_are_those_of_what_was_agreed(self, source_of: ExclusionSourceOf) -> None:
        """The same report, cell by cell, as with the same maintenance in memory."""
        works = [
            MaintenanceWindow(SINCE + hours * HOUR, SINCE + (hours + 1 + hours % 3) * HOUR)
            for hours in range(-2, 31 * 24, 7)
        ]
        alarms = [Alarm(SINCE + hours * HOUR, SINCE + (hours + 2) * HOUR) for hours in range(0, 31 * 24, 5)]
        returned = source_of({"acme": works}).fetch("acme", SINCE_US, UNTIL_US)
        reports = [
            evaluate(alarms, start=SINCE, end=UNTIL, zone="UTC", as_of=UNTIL, maintenance=agreed, policy=SLAPolicy())
            for agreed in ([work for work in returned if isinstance(work, MaintenanceWindow)], works)
        ]
        assert reports[0].days == reports[1].days

    def test_a_tenant_never_sees_the_exclusions_of_another(self, source_of: ExclusionSourceOf) -> None:
        """Whatever the tenant id contains."""
        tenants = ["acme", *HOSTILE_TENANTS]
        agreed = {
            tenant: [MaintenanceWindow(SINCE, SINCE + timedelta(hours=hours))]
            for hours, tenant in enumerate(tenants, 1)
        }
        source = source_of(agreed)
        returned = {tenant: list(source.fetch(tenant, SINCE_US, UNTIL_US)) for tenant in tenants}
        assert returned == agreed

    def test_a_tenant_without_any_has_none(self, source_of: ExclusionSourceOf) -> None:
        """It is no error: nothing was agreed."""
        source = source_of({"acme": [MaintenanceWindow(SINCE, SINCE + HOUR)], "other": []})
        assert list(source.fetch("other", SINCE_US, UNTIL_US)) == []
        assert list(source.fetch("unknown", SINCE_US, UNTIL_US)) == []
