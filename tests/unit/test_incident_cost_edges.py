"""Costs of incidents and decisive ones at their edges: ties, exact needs, pages, odd accountings."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

import sla_compliance as sla
from sla_compliance import Accounting, Counts, Scope, State
from sla_compliance.analysis import decisive_incidents, incident_costs
from sla_compliance.incidents import PageBounds
from tests.unit.moments import HOUR_US, MINUTE_US, at, report_of

MINUTE = timedelta(minutes=1)
P99 = sla.SLAPolicy("99")


def day(*lengths: float, **terms: Any) -> sla.ComplianceReport:
    """Return the report of 8 October with outages of so many minutes, an hour apart; 14.4 minutes are allowed."""
    alarms = [sla.Alarm(at(8, hour), at(8, hour) + length * MINUTE, id=hour) for hour, length in enumerate(lengths)]
    return report_of(alarms, at(8), at(9), **{"policy": P99, **terms})


def ids(incidents: tuple[sla.Incident, ...] | None) -> list[Any] | None:
    """Return the ids behind incidents."""
    return None if incidents is None else [alarm.id for incident in incidents for alarm in incident.alarms]


@pytest.mark.parametrize(
    ("lengths", "decisive"),
    [
        ((14.4,), []),
        ((14.4, 1), [0]),
        ((1, 14.4), [1]),
        ((5, 5, 5), [0]),
        ((5, 15, 5, 5), [0, 1]),
        ((5, 15, 5, 4.4), [1]),
        ((3, 4, 20, 9, 9), [2, 3, 4]),
    ],
)
def test_the_fewest_incidents_that_decide_are_the_dearest(lengths: tuple[float, ...], decisive: list[int]) -> None:
    """Of equal costs the earlier; exactly enough is enough; they stand in order of time."""
    report = day(*lengths)
    assert ids(decisive_incidents(report)) == decisive
    costs = incident_costs(report)
    assert costs.decisive == len(decisive)
    assert {row.incident.alarms[0].id for row in costs.rows if row.is_decisive} == set(decisive)


def test_costs_stand_dearest_first_and_are_exact() -> None:
    """Of equal ones the earlier first; they sum to what is spent."""
    costs = incident_costs(day(3, 7, 7, 20))
    assert [row.incident.alarms[0].id for row in costs.rows] == [3, 1, 2, 0]
    assert [row.budget_us for row in costs.rows] == [minutes * MINUTE_US for minutes in (20, 7, 7, 3)]
    assert (costs.total, costs.decisive) == (4, 2)
    document = costs.rows[0].as_dict(with_alarms=False)
    assert document == {
        **costs.rows[0].incident.as_dict(with_alarms=False),
        "budget_seconds": 1200.0,
        "is_decisive": True,
    }
    assert costs.rows[0].as_dict()["alarms"] == costs.rows[0].incident.as_dict()["alarms"]


def test_a_page_of_costs_has_its_rows_in_the_same_order() -> None:
    """The totals are those of all."""
    report = day(3, 7, 7, 20)
    whole = incident_costs(report)
    for offset, limit in ((0, 2), (1, 2), (3, 9), (4, 1), (0, None), (2, None)):
        page = incident_costs(report, bounds=PageBounds(offset=offset, limit=limit))
        after = None if limit is None else offset + limit
        assert page.rows == whole.rows[offset:after]
        assert (page.total, page.decisive) == (4, 2)


def test_alarms_behind_an_incident_may_be_limited() -> None:
    """Of costs and of decisive incidents."""
    alarms = [sla.Alarm(at(8, 1), at(8, 2), id=number) for number in range(3)]
    report = report_of(alarms, at(8), at(9), policy=P99)
    assert ids(decisive_incidents(report, alarm_limit=2)) == [0, 1]
    assert ids(decisive_incidents(report)) == [0, 1, 2]
    (row,) = incident_costs(report, bounds=PageBounds(alarm_limit=1)).rows
    assert len(row.incident.alarms) == 1


def test_an_outage_costs_what_it_has_in_the_period() -> None:
    """Its other days pay for their own parts."""
    report = report_of([sla.Alarm(at(8, 22), at(9, 5), id=1)], at(7), at(11), policy=P99)
    costs = [incident_costs(report, record) for record in report.days]
    assert [cost.total for cost in costs] == [0, 1, 1, 0]
    assert [cost.rows[0].budget_us for cost in costs[1:3]] == [2 * HOUR_US, 5 * HOUR_US]
    assert [ids(decisive_incidents(report, record)) for record in report.days] == [[], [1], [1], []]


def test_a_period_without_data_has_no_decisive_incidents() -> None:
    """And one in progress that can still be kept has none yet."""
    nothing = day(20, in_service=[])
    assert decisive_incidents(nothing) is None
    assert incident_costs(nothing).decisive is None
    assert incident_costs(nothing).rows[0].budget_us == 0
    assert decisive_incidents(day(10, as_of=at(8, 12))) == ()


def test_incidents_that_cannot_account_for_a_loss_are_not_decisive() -> None:
    """An accounting may count as down what no alarm takes down."""
    accounting = Accounting({(Scope.AGREED, State.UNKNOWN): Counts.DOWN, (Scope.AGREED, State.DOWN): Counts.DOWN})
    policy = sla.SLAPolicy("99", accounting=accounting)
    report = day(20, policy=policy, monitored=[(at(8), at(8, 12))])
    assert decisive_incidents(report) is None
    assert incident_costs(report).decisive is None
    assert not any(row.is_decisive for row in incident_costs(report).rows)


def test_what_an_outage_costs_depends_on_what_its_time_were_without_it() -> None:
    """Unknown time that is down costs what an hour down takes of a budget; known time its whole length."""
    report = day(60, monitored=[(at(8, 0, 30), at(9))])
    (row,) = incident_costs(report).rows
    known_us, unknown_us = HOUR_US // 2, HOUR_US // 2
    assert row.budget_us == known_us + Fraction(99, 100) * unknown_us
    gross = sla.SLAPolicy("99", accounting=Accounting.GROSS)
    work = sla.MaintenanceWindow(at(8), at(8, 0, 15), applies_to={"id": [0]})
    assert incident_costs(day(60, maintenance=[work])).rows[0].budget_us == 45 * MINUTE_US
    assert incident_costs(day(60, maintenance=[work], policy=gross)).rows[0].budget_us == HOUR_US
    hidden = day(60, maintenance=[(at(8), at(8, 0, 40))])
    assert incident_costs(hidden).rows[0].budget_us == 20 * MINUTE_US


def test_a_loss_by_the_smallest_part_of_a_microsecond_is_a_loss() -> None:
    """2 of 199 microseconds down are a hundredth of a microsecond more than 1 % of them."""
    microsecond = timedelta(microseconds=1)
    end = at(8) + 199 * microsecond
    alarms = [sla.Alarm(at(8) + start * microsecond, at(8) + (start + 1) * microsecond, id=start) for start in (10, 20)]
    assert ids(decisive_incidents(report_of(alarms, at(8), end, policy=P99))) == [10]
    accounting = Accounting({(Scope.AGREED, State.UNKNOWN): Counts.DOWN})
    unknown = sla.SLAPolicy("99", accounting=accounting)
    seen = [(at(8) + 2 * microsecond, end)]
    assert decisive_incidents(report_of([], at(8), end, policy=unknown, monitored=seen)) is None
