"""Strategies of what the library takes: alarms, batches, policies, windows, hours, zones and questions."""
################################################################
# They draw from the instants of one place, small numbers of units since its base, so
# that alarms, windows and questions of one test meet, touch and overlap. Left alone
# they share the place of `Place()`: hours of UTC from 2025-10-25 on.
################################################################

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Final

from hypothesis import strategies as st

from sla_compliance.alarms import Alarm
from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.compliance import EvaluationKeywords
from sla_compliance.policy import SLAPolicy
from sla_compliance.testing.evaluation import alarm_of, keywords_of, maintenance_of, policy_of
from sla_compliance.testing.oracle.world import OTHER, Place
from sla_compliance.testing.worlds import worlds
from sla_compliance.testing.worlds.rows import rows, rows_with
from sla_compliance.testing.worlds.terms import terms
from sla_compliance.testing.worlds.windows import windows
from sla_compliance.zones import zone_names

HERE: Final = Place()
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_QUARTERS_OF_A_DAY: Final = 24 * 4

_edges = st.lists(st.integers(0, _QUARTERS_OF_A_DAY), min_size=2, max_size=6, unique=True).map(sorted)
_dates = st.dates(date(2025, 10, 20), date(2025, 11, 10))


def alarms(place: Place = HERE) -> st.SearchStrategy[Alarm]:
    """Return a strategy of alarms: cleared, resolved, over when last seen, or still active; without ids."""
    return rows().map(lambda row: alarm_of(row, place))


def batches(place: Place = HERE) -> st.SearchStrategy[AlarmBatch]:
    """Return a strategy of batches: alarms with ids, in clusters that overlap, touch and leave short gaps."""
    return rows_with(()).map(lambda members: AlarmBatch.from_alarms([alarm_of(row, place) for row in members]))


def policies(place: Place = HERE) -> st.SearchStrategy[SLAPolicy]:
    """Return a strategy of policies: filters, damping, staleness, accountings, targets."""
    return terms((), place).map(lambda drawn: policy_of(drawn, place))


def maintenance_windows(place: Place = HERE) -> st.SearchStrategy[MaintenanceWindow]:
    """Return a strategy of maintenance that applies to everybody: once, cut short or recurring."""
    maintenance = windows((), place, ()).filter(lambda window: window.kind != OTHER)
    return maintenance.map(lambda window: maintenance_of(window, place))


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


def questions(place: Place = HERE) -> st.SearchStrategy[EvaluationKeywords]:
    """Return a strategy of all that evaluate() takes beside the alarms: `evaluate(alarms, **question)`."""
    return worlds(place=place).map(keywords_of)
