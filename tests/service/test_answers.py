"""What a service answers: the core's figures, with as few queries as can be."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace

import pytest

import sla_compliance as sla
from sla_compliance.errors import UnknownTenantError
from sla_compliance.service import ComplianceService, MemoryTenants, Provenance, TenantSettings, to_async
from sla_compliance.sources.memory import MemoryAlarmSource
from sla_compliance.stores.memory import MemoryDayStore
from sla_compliance.units import DAY_US, instant_us
from tests.service.world import TENANT, LiveFacts, at, service_of

pytestmark = pytest.mark.anyio

LISBON = TenantSettings("Europe/Lisbon")
NOON = at(28, 12)
DAY = dt.timedelta(days=1)
NIGHT = sla.MaintenanceWindow(at(25, 22), at(25, 23, 30), reason="switch replaced")


def lively(settings: TenantSettings = LISBON) -> LiveFacts:
    """Return a week with the end of summer time (26 October), one outage over midnight, one open alarm, one work."""
    facts = LiveFacts(
        settings,
        NOON,
        sla.Alarm(at(25, 23), at(26, 1), id=1, resource_id="r1"),
        sla.Alarm(at(27, 9), at(27, 9, 2), id=2, resource_id="r2"),
        sla.Alarm(at(28, 11), id=3, severity="major"),
        sla.Alarm(at(26, 9), at(26, 10), id=4, severity="minor", resource_id="r2"),
    )
    facts.agreed = [NIGHT]
    return facts


async def test_the_figures_are_the_cores() -> None:
    """Records, totals, periods, the wire format: measured and remembered alike."""
    facts = lively()
    service = service_of(facts)
    for _ in range(2):
        answer = await service.compliance(TENANT, at(20, 12), at(28, 12))
        report = facts.report(answer.days[0].start, answer.days[-1].end)
        assert answer.days == report.days
        assert answer.total == report.total
        assert answer.by(sla.Period.WEEK) == report.by(sla.Period.WEEK)
        assert answer.as_dicts() == report.as_dicts()
        assert answer.method == report.method
        assert answer.to_polars().equals(report.to_polars())
        of_rows = repr(report).rpartition("\n  rows: ")[2]
        assert repr(answer) == repr(report).replace("Report", "Answer").replace(f"\n  rows: {of_rows}", ">")
        assert "Availability by day" in answer._repr_html_()


async def test_kept_days_know_the_windows_of_the_agreement_alone() -> None:
    """Not which rows they were made from, nor the windows of a source, nor what a window took."""
    facts = lively()
    answer = await service_of(facts).compliance(TENANT, at(20, 12), at(28, 12))
    details = answer.as_dicts(detail=True)
    assert {detail["policy"] for detail in details} == {answer.policy.fingerprint}
    assert {(detail["input_digest"], detail["exclusions"]) for detail in details} == {(None, None)}

    night = sla.MaintenanceWindow(at(25, 22), at(25, 23, 30), reason="switch replaced", author="M. Ade")
    visit = sla.Exclusion(at(26, 9), at(26, 10), reason="no access")
    emergency = sla.MaintenanceWindow(at(25, 1), at(25, 2), kind="emergency")
    settings = TenantSettings("Europe/Lisbon", maintenance=[night, emergency], exclusions=[visit])
    answer = await service_of(lively(settings)).compliance(TENANT, at(25, 12), at(26, 12))
    saturday, sunday = (detail["exclusions"] for detail in answer.as_dicts(detail=True))
    assert saturday == [
        {
            "name": "maintenance of 2025-10-25 22:00 UTC (switch replaced)",
            "kind": "planned",
            "reason": "switch replaced",
            "author": "M. Ade",
            "applies_to": "everybody",
            "length_seconds": 3600.0,
            "downtime_seconds": None,
            "text": ("maintenance of 2025-10-25 22:00 UTC (switch replaced) by M. Ade, planned, for everybody: 1 h"),
        }
    ]
    assert [line["kind"] for line in sunday] == ["planned", "exclusion"]  # type: ignore[attr-defined]


async def test_work_that_excuses_what_it_caused_is_not_listed_without_the_outages() -> None:
    """They decide how much of it is accepted."""
    policy = sla.SLAPolicy(planned_work=sla.PlannedWork(excuses="caused"))
    settings = TenantSettings("Europe/Lisbon", policy, maintenance=[NIGHT])
    answer = await service_of(lively(settings)).compliance(TENANT, at(25, 12), at(26, 12))
    assert [detail["exclusions"] for detail in answer.as_dicts(detail=True)] == [None, None]


async def test_kept_days_have_no_hours() -> None:
    """An answer is made of whole days; a report of one has them."""
    facts = lively()
    answer = await service_of(facts).compliance(TENANT, at(20, 12), at(28, 12))
    with pytest.raises(sla.InvalidValueError, match="period is 'hour'; give a day or longer"):
        answer.by(sla.Period.HOUR)
    assert facts.report(answer.days[0].start, answer.days[0].end).by(sla.Period.HOUR)


async def test_a_miss_costs_one_query_and_a_hit_none() -> None:
    """The same days, a part of them, one day more."""
    facts = lively()
    service = service_of(facts)
    assert not (await service.compliance(TENANT, at(20), at(29))).is_cached
    assert (await service.compliance(TENANT, at(22), at(27))).is_cached
    assert facts.queries == 1
    longer = await service.compliance(TENANT, at(18, 12), at(29))
    assert facts.asked[1] == (instant_us(longer.days[0].start, field=""), instant_us(longer.days[1].end, field=""))
    assert (service.statistics.hits, service.statistics.misses, service.statistics.queries) == (1, 2, 2)


async def test_another_target_and_accounting_are_answered_from_the_same_cells() -> None:
    """No query, and what the core says of that policy."""
    facts = lively()
    service = service_of(facts)
    await service.compliance(TENANT, at(20), at(29))
    for target, accounting in [("95", sla.Accounting.GROSS), ("99.999", sla.Accounting.EXCUSED)]:
        answer = await service.compliance(TENANT, at(20), at(29), target=target, accounting=accounting)
        policy = sla.SLAPolicy(target, accounting=accounting)
        other = lively(TenantSettings("Europe/Lisbon", policy)).report(answer.days[0].start, answer.days[-1].end)
        assert answer.days == other.days
    assert facts.queries == 1


async def test_stored_days_leave_one_query_for_today() -> None:
    """Over today's window alone."""
    facts = lively()
    store = MemoryDayStore()
    sweep = await service_of(facts, store=store).store_closed_days(TENANT, at(20), at(29))
    answer = await service_of(facts, store=store).compliance(TENANT, at(20), at(28, 12))
    assert sweep.added == 8
    assert facts.asked[1] == (answer.days[-1].start_us, answer.days[-1].end_us)
    assert answer.provenance == (*[Provenance.STORE] * 8, Provenance.SOURCE)
    assert answer.days == tuple(facts.report(answer.days[0].start, answer.days[-1].end).days)


async def test_fifty_who_ask_at_once_cost_one_query() -> None:
    """They share one flight; whoever stops waiting stops nobody else."""
    facts = lively()
    facts.delay_s = 0.05
    service = service_of(facts)
    questions = [asyncio.create_task(service.compliance(TENANT, at(20), at(29))) for _ in range(50)]
    await asyncio.sleep(0.02)
    questions[0].cancel()
    answers = await asyncio.gather(*questions, return_exceptions=True)
    assert isinstance(answers[0], asyncio.CancelledError)
    assert len({answer.total for answer in answers[1:] if not isinstance(answer, BaseException)}) == 1
    assert facts.queries == 1


async def test_a_question_is_widened_to_whole_local_days() -> None:
    """An end on a midnight is not widened."""
    answer = await service_of(lively()).compliance(TENANT, at(25, 12), at(27))
    assert [(day.date.day, day.end_us - day.start_us) for day in answer.days] == [
        (25, DAY_US),
        (26, DAY_US * 25 // 24),
    ]


async def test_no_days_are_no_days() -> None:
    """An empty window, as a start in the future gives, has a total of nothing."""
    facts = lively()
    answer = await service_of(facts).compliance(TENANT, at(30), at(30))
    assert (answer.days, answer.as_dicts(), answer.total.availability_ratio, facts.queries) == ((), [], None, 0)


async def test_days_to_come_are_neither_asked_for_nor_remembered() -> None:
    """They change with every agreement, and there is nothing to know of them yet."""
    facts = lively()
    service = service_of(facts)
    for _ in range(2):
        answer = await service.compliance(TENANT, at(30), dt.datetime(2025, 11, 3, tzinfo=dt.UTC))
        assert {day.availability_ratio for day in answer.days} == {None}
        assert set(answer.provenance) == {Provenance.SOURCE}
    assert facts.queries == 0


async def test_a_tenant_that_nobody_knows_is_an_error() -> None:
    """Not an empty chart."""
    with pytest.raises(UnknownTenantError, match="'nobody'"):
        await service_of(lively()).compliance("nobody", at(20), at(29))


async def test_swapped_bounds_are_an_error() -> None:
    """With the way out."""
    with pytest.raises(sla.InvalidIntervalError, match="swap them"):
        await service_of(lively()).compliance(TENANT, at(29), at(20))


async def test_a_bad_row_takes_no_chart_away_and_is_named() -> None:
    """Also when the days are remembered."""
    facts = lively()
    facts.alarms[9] = sla.Alarm(at(22, 9), at(22, 8), id=9)
    service = service_of(facts)
    first, again = [await service.compliance(TENANT, at(20), at(29)) for _ in range(2)]
    assert first.days == again.days
    assert [line for line in again.quality if line.startswith("1 bad row set aside")]
    assert again.as_dicts(detail=True)[0]["quality"] == {
        "lines": list(again.quality),
        "doubts": [{"cause": "SET_ASIDE", "rows": 1, "seconds": 86_400.0}],
    }


async def test_a_range_has_the_facts_of_its_own_days() -> None:
    """Measured together or not, remembered or not: a bad row is told of its days in doubt, an open alarm of today."""
    facts = lively(TenantSettings("UTC"))
    facts.alarms[9] = sla.Alarm(at(22, 9), at(22, 8), id=9)
    service = service_of(facts)
    bad = "1 bad row set aside: alarms[4].cleared_at lies 1 h before first_occurrence"
    seen = "1 alarm open and of unknown last sight: 3, raised 2025-10-28 11:00:00+00:00"
    none = "no rows were read"
    said_of = [(20, 29, (bad, seen)), (20, 22, (none,)), (22, 24, (bad,)), (24, 27, ()), (27, 29, (seen,))]
    for first, last, said in said_of:
        assert (await service.compliance(TENANT, at(first), at(last))).quality == said
    alone = await service_of(facts).compliance(TENANT, at(23), at(27))
    together = await service.compliance(TENANT, at(23), at(27))
    assert [day.facts for day in alone.measured] == [day.facts for day in together.measured]


async def test_a_day_says_how_many_rows_meet_it() -> None:
    """Qualifying or not, from the day widened by the margin, whatever window was read."""
    policy = sla.SLAPolicy(merge_gap=dt.timedelta(hours=12))
    facts = lively(TenantSettings("UTC", policy))
    answer = await service_of(facts).compliance(TENANT, at(23), at(29))
    assert [(day.date.day, day.rows_read) for day in answer.measured] == [
        (23, 0),
        (24, 0),
        (25, 2),
        (26, 3),
        (27, 2),
        (28, 1),
    ]
    alone = await service_of(facts).compliance(TENANT, at(27), at(28))
    assert [day.rows_read for day in alone.measured] == [2]


async def test_time_before_the_tenant_was_monitored_is_unknown() -> None:
    """Not up; evidence of an outage is still evidence."""
    facts = LiveFacts(TenantSettings("UTC", monitored_since=at(26)), NOON, sla.Alarm(at(24), at(24, 1), id=1))
    answer = await service_of(facts).compliance(TENANT, at(23), at(28))
    assert [day.availability_ratio for day in answer.days] == [None, 0, None, 1, 1]


async def test_incidents_are_whole_whatever_day_is_asked_for() -> None:
    """An outage of three alarms over three days, in which each touches the next: from its first instant to its last."""
    chain = [sla.Alarm(at(day, 6), at(day + 1, 6), id=day) for day in (21, 22, 23)]
    facts = LiveFacts(LISBON, NOON, *chain, sla.Alarm(at(26, 1), at(26, 2), id=9))
    (incident,) = await service_of(facts).incidents(TENANT, dt.date(2025, 10, 23))
    assert (incident.start, incident.end, len(incident.alarms)) == (at(21, 6), at(24, 6), 3)
    assert incident.downtime_us == DAY_US


async def test_a_day_without_long_outages_costs_one_query_for_its_incidents() -> None:
    """Two only where an outage reaches over the edge."""
    facts = lively()
    assert len(await service_of(facts).incidents(TENANT, dt.date(2025, 10, 27))) == 1
    assert facts.queries == 1


@pytest.mark.parametrize("accounting", [None, sla.Accounting.COUNTED, sla.Accounting.GROSS])
async def test_incidents_of_a_date_sum_to_its_downtime(accounting: sla.Accounting | None) -> None:
    """Under every accounting; on the 26th half an hour of the outage lies in maintenance."""
    service = service_of(lively())
    answer = await service.compliance(TENANT, at(24), at(29), accounting=accounting)
    for record in answer.days:
        incidents = await service.incidents(TENANT, record.date, accounting=accounting)
        assert sum(incident.downtime_us for incident in incidents) == record.downtime_us, record.date
    minutes = {record.date.day: record.downtime_minutes for record in answer.days}
    assert minutes[26] == (90 if accounting is None else 120)


async def test_resources_have_a_report_each() -> None:
    """Of whole local days; an inventory adds those without an alarm."""
    reports = await service_of(lively()).resources(TENANT, at(25, 12), at(28), inventory=["r1", "r3"])
    downtime = {key: report.gross.downtime_minutes for key, report in reports.items()}
    assert downtime == {"r1": 120, "r2": 2, "r3": 0}


OFFICE = sla.ServiceHours.weekly({"mon-sun": "08:00-20:00"})
CLOSED_ONCE = sla.ServiceHours.weekly({"mon-sun": "08:00-20:00"}, holidays={dt.date(2025, 10, 25)})


@pytest.mark.parametrize(
    ("old", "new", "measured"),
    [
        pytest.param(LISBON, TenantSettings("Europe/Lisbon", in_service=[(at(1), at(26, 12))]), [26, 27], id="ended"),
        pytest.param(
            LISBON, TenantSettings("Europe/Lisbon", monitored_since=at(22, 12)), [20, 21, 22], id="monitored since"
        ),
        pytest.param(
            TenantSettings("Europe/Lisbon", service_hours=OFFICE),
            TenantSettings("Europe/Lisbon", service_hours=CLOSED_ONCE),
            [24, 25, 26, 27],
            id="a holiday, and the dates whose hours may run into each other",
        ),
        pytest.param(
            LISBON, TenantSettings("Europe/Lisbon", service_hours=OFFICE), list(range(20, 28)), id="other hours"
        ),
        pytest.param(LISBON, TenantSettings("UTC"), list(range(20, 28)), id="another zone"),
    ],
)
async def test_other_terms_measure_anew_the_days_that_they_touch(
    old: TenantSettings, new: TenantSettings, measured: list[int]
) -> None:
    """And no others."""
    facts = lively(old)
    service = service_of(facts)
    await service.compliance(TENANT, at(20), at(28))
    facts.settings = new
    answer = await service.compliance(TENANT, at(20), at(28))
    sources = zip(answer.measured, answer.provenance, strict=True)
    assert [day.date.day for day, how in sources if how is Provenance.SOURCE and day.date >= at(20).date()] == measured
    assert answer.days == facts.report(answer.days[0].start, answer.days[-1].end).days


async def test_tenants_do_not_share_days() -> None:
    """Two of the same settings, one cache."""
    down = sla.AlarmBatch.from_alarms([sla.Alarm(at(21), at(22))])
    source = to_async(MemoryAlarmSource({"down": down}))
    tenants = MemoryTenants({"up": TenantSettings("UTC"), "down": TenantSettings("UTC")})
    service = ComplianceService(source, tenants=tenants, clock=lambda: NOON)
    totals = [(await service.compliance(tenant, at(21), at(22))).total for tenant in ("down", "up", "down", "up")]
    assert [total.availability_ratio for total in totals] == [0, 1, 0, 1]


async def test_incidents_are_asked_for_until_they_begin() -> None:
    """Over twice the time each time; whichever of its days is asked for, an outage is the same."""
    chain = [sla.Alarm(at(1) - DAY * days, at(1) - DAY * (days - 1), id=days) for days in range(200)]
    facts = LiveFacts(TenantSettings("UTC"), NOON, *chain)
    (incident,) = await service_of(facts).incidents(TENANT, dt.date(2025, 9, 30))
    assert (incident.start, incident.end) == (at(1) - DAY * 199, at(2))
    assert (len(incident.alarms), incident.begins_before, incident.is_ongoing) == (200, False, False)
    assert facts.queries <= 9
    for date in (dt.date(2025, 3, 17), dt.date(2025, 7, 1)):
        (same,) = await service_of(facts).incidents(TENANT, date)
        assert same == incident


async def test_an_incident_without_a_beginning_in_reach_says_so() -> None:
    """After twelve times; the figures of its day do not wait for it."""
    month = DAY * 30
    chain = [sla.Alarm(at(1) - month * months, at(1) - month * (months - 1), id=months) for months in range(6000)]
    facts = LiveFacts(TenantSettings("UTC"), NOON, *chain)
    (incident,) = await service_of(facts).incidents(TENANT, dt.date(2025, 10, 5))
    assert incident.begins_before
    assert incident.as_dict()["begins_before"] is True
    assert incident.downtime_us == DAY_US
    assert facts.queries == 13


async def test_stored_days_of_older_rules_are_filled_by_a_sweep() -> None:
    """Where rows are complete; until then, and elsewhere, they are not confirmed."""
    facts = LiveFacts(TenantSettings("UTC"), NOON, sla.Alarm(at(21, 9), at(21, 8), id=1))
    store = MemoryDayStore()
    service = service_of(facts, store=store)
    await service.store_closed_days(TENANT, at(20), at(24))
    store._days = {
        key: replace(stored, day=replace(stored.day, rules_version=0, pessimistic_cells_us=None, facts=()))
        for key, stored in store._days.items()
    }
    facts.purged_until = at(21)
    answer = await service_of(facts, store=store).compliance(TENANT, at(20), at(24))
    assert not any(day.is_confirmed for day in answer.days)
    sweep = await service.store_closed_days(TENANT, at(20), at(24))
    assert (sweep.added, sweep.restated) == (0, ())
    answer = await service_of(facts, store=store).compliance(TENANT, at(20), at(24))
    assert [day.is_confirmed for day in answer.days] == [False, False, False, True]
    assert [day.pessimistic_cells_us is None for day in answer.measured] == [True, False, False, True]
    assert (await service.store_closed_days(TENANT, at(20), at(24))) == sweep


async def test_a_source_that_says_complete_since_in_another_kind_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the name of what it says."""
    facts = lively()
    monkeypatch.setattr(facts, "complete_since", {TENANT: at(20)}.get)
    with pytest.raises(sla.InvalidTypeError, match=r"complete_since is 2025-10-20 .*microseconds since 1970"):
        await service_of(facts).compliance(TENANT, at(20), at(22))


def test_a_monitor_gap_is_part_of_the_key_only_where_it_is_no_default() -> None:
    """Days that are stored keep their keys."""
    default = TenantSettings("UTC")
    five_minutes = TenantSettings("UTC", monitor_gap=dt.timedelta(minutes=5))
    none = TenantSettings("UTC", monitor_gap=dt.timedelta(0))
    keys = [settings.day_key(TENANT, at(1).date(), 0, DAY_US) for settings in (default, five_minutes, none)]
    assert keys[0] == keys[1]
    assert keys[0] != keys[2]
    with pytest.raises(sla.InvalidValueError, match="monitor_gap"):
        TenantSettings("UTC", monitor_gap=dt.timedelta(-1))


@pytest.mark.parametrize(
    "planned_work",
    [
        sla.PlannedWork(most_time=dt.timedelta(hours=2)),
        sla.PlannedWork(most_windows=1),
        sla.PlannedWork(excuses="caused"),
    ],
    ids=["most time", "most windows", "caused"],
)
async def test_planned_work_is_judged_from_where_its_rules_look_back_to(planned_work: sla.PlannedWork) -> None:
    """The last day of a month by itself is what it is in the month: work before it is fetched, and rows before that."""
    facts = LiveFacts(
        TenantSettings("UTC", sla.SLAPolicy(planned_work=planned_work)),
        NOON,
        sla.Alarm(at(25, 20), at(25, 23), id=1),
        sla.Alarm(at(27, 1), at(27, 9), id=2),
    )
    facts.agreed = [
        sla.MaintenanceWindow(at(2, 1), at(2, 4)),
        sla.MaintenanceWindow(at(25, 21), at(27, 4)),
        sla.MaintenanceWindow(at(27, 8), at(27, 10)),
    ]
    together = facts.report(at(1), at(28)).days
    for day in (26, 27):
        (alone,) = (await service_of(facts).compliance(TENANT, at(day), at(day + 1))).days
        assert alone.cells_us == together[day - 1].cells_us
    default = LiveFacts(TenantSettings("UTC"), NOON, *facts.alarms.values())
    default.agreed = facts.agreed
    assert [day.cells_us for day in default.report(at(1), at(28)).days] != [day.cells_us for day in together]
