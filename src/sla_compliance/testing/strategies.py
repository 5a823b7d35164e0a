"""Strategies of what the library takes: alarms, batches, policies, windows, hours, zones and questions."""
################################################################
# They draw from the instants of one place, small numbers of units since its base, so
# that alarms, windows and questions of one test meet, touch and overlap. Left alone
# they share the place of `Place()`: hours of UTC from 2025-10-25 on.
################################################################

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from itertools import pairwise
from typing import Final, TypeVar

from hypothesis import strategies as st

from sla_compliance.alarms import Alarm
from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.compliance import EvaluationKeywords
from sla_compliance.policy import SLAPolicy
from sla_compliance.testing.evaluation import alarm_of, keywords_of, maintenance_of, policy_of
from sla_compliance.testing.oracle.world import OTHER, Place
from sla_compliance.testing.worlds import Aspect, worlds
from sla_compliance.testing.worlds.rows import rows, rows_with
from sla_compliance.testing.worlds.terms import terms
from sla_compliance.testing.worlds.windows import windows
from sla_compliance.zones import zone_names

Facts = TypeVar("Facts")
Made = TypeVar("Made")

HERE: Final = Place()
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_QUARTERS_OF_A_DAY: Final = 24 * 4

_edges = st.lists(st.integers(0, _QUARTERS_OF_A_DAY), min_size=2, max_size=6, unique=True).map(sorted)
_dates = st.dates(date(2025, 10, 20), date(2025, 11, 10))


@st.composite
def made_of(draw: st.DrawFn, facts: st.SearchStrategy[Facts], make: Callable[[Facts], Made]) -> Made:
    """Draw what a function makes of drawn facts.

    A failing example shows what was made. After `map` it would show the call of the function, which cannot be copied.
    """
    return make(draw(facts))


def alarms(place: Place = HERE) -> st.SearchStrategy[Alarm]:
    """Return a strategy of alarms: cleared, resolved, over when last seen, or still active; without ids."""
    return made_of(rows(), lambda row: alarm_of(row, place))


def alarm_lists(place: Place = HERE, *, aspects: Collection[Aspect] = ()) -> st.SearchStrategy[list[Alarm]]:
    """Return a strategy of the alarms of one service, with ids, in clusters that overlap, touch and leave short gaps.

    Args:
        aspects: what else rows may have: ENDS, ROWS_OF_ONE_ID, DOUBT, TARGETED. Under DOUBT some are bad rows.
    """
    return made_of(rows_with(frozenset(aspects)), lambda members: [alarm_of(row, place) for row in members])


def batches(place: Place = HERE) -> st.SearchStrategy[AlarmBatch]:
    """Return a strategy of batches of the alarms that `alarm_lists` draws."""
    return made_of(alarm_lists(place), AlarmBatch.from_alarms)


def policies(place: Place = HERE, *, aspects: Collection[Aspect] = ()) -> st.SearchStrategy[SLAPolicy]:
    """Return a strategy of policies: filters, damping, staleness, accountings, targets.

    Args:
        aspects: which rules it has besides: ENDS, DOUBT, PLANNED_WORK, CAUSED_WORK.
    """
    return made_of(terms(frozenset(aspects), place), lambda drawn: policy_of(drawn, place))


def maintenance_windows(
    place: Place = HERE, *, aspects: Collection[Aspect] = ()
) -> st.SearchStrategy[MaintenanceWindow]:
    """Return a strategy of maintenance: once, cut short or recurring.

    Args:
        aspects: under TARGETED most of it applies to some alarms only, under PLANNED_WORK it says when it was announced
            and entered. By default it applies to everybody.
    """
    maintenance = windows(frozenset(aspects), place, ()).filter(lambda window: window.kind != OTHER)
    return made_of(maintenance, lambda window: maintenance_of(window, place))


@st.composite
def service_hours(draw: st.DrawFn) -> ServiceHours:
    """Draw service hours: up to three ranges a weekday, to the quarter of an hour, and holidays."""
    open_days = draw(st.lists(st.sampled_from(_DAYS), min_size=1, unique=True))
    return ServiceHours.weekly(
        {day: _ranges(draw(_edges)) for day in open_days}, holidays=draw(st.lists(_dates, max_size=2))
    )


def _ranges(edges: list[int]) -> str:
    pairs = list(pairwise(edges))[::2]
    return ",".join(f"{_clock(start)}-{_clock(end)}" for start, end in pairs)


def _clock(quarters: int) -> str:
    return f"{quarters // 4:02}:{quarters % 4 * 15:02}"


def zones() -> st.SearchStrategy[str]:
    """Return a strategy of zone names that the library knows, UTC the simplest."""
    return st.just("UTC") | st.sampled_from(sorted(zone_names()))


def questions(place: Place = HERE, *, aspects: Collection[Aspect] = ()) -> st.SearchStrategy[EvaluationKeywords]:
    """Return a strategy of all that evaluate() takes beside the alarms: `evaluate(alarms, **question)`.

    `scenarios` draws alarms and question together.

    Args:
        aspects: what it has besides; CAUSED_WORK and PLANNED_WORK apart.
    """
    return made_of(worlds(*aspects, place=place), keywords_of)
