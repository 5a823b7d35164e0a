"""Answers for periods: the worked examples through the service, exact, and what the core makes of the same rows."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import sla_compliance as sla
from sla_compliance.analysis import attribution, budget, decisive_incidents, incident_costs, reliability, trend
from sla_compliance.errors import InvalidTargetError, InvalidTypeError, InvalidValueError, UnknownTenantError
from sla_compliance.incidents import PageBounds
from sla_compliance.service import ComplianceService, MemoryTenants, SyncComplianceService, TenantSettings, to_async
from sla_compliance.sources.memory import MemoryAlarmSource
from sla_compliance.sources.samples import SampleAlarmSource
from sla_compliance.stores.memory import MemoryDayStore
from sla_compliance.units import HOUR_US, MINUTE_US, SECOND_US
from tests.service.world import TENANT, LiveFacts, service_of

pytestmark = pytest.mark.anyio

MICROSECOND = dt.timedelta(microseconds=1)
BERLIN = ZoneInfo("Europe/Berlin")
UTC = TenantSettings("UTC")


def at(day: int, hour: int = 0, minute: int = 0, second: int = 0) -> dt.datetime:
    """Return an instant of October 2026, UTC."""
    return dt.datetime(2026, 10, day, hour, minute, second, tzinfo=dt.UTC)


def in_berlin(day: int, hour: int, minute: int = 0, second: int = 0) -> dt.datetime:
    return dt.datetime(2026, 10, day, hour, minute, second, tzinfo=BERLIN)


def outage(start: dt.datetime, minutes: float, **columns: Any) -> sla.Alarm:
    columns.setdefault("id", start.isoformat())
    return sla.Alarm(start, start + dt.timedelta(minutes=minutes), **columns)


HALF_AN_HOUR = outage(at(3, 12), 30)
FOUR_CAUSES = (
    sla.Alarm(at(5, 9), at(5, 11), id="1", resource_id="fibre"),
    sla.Alarm(at(5, 10), at(5, 12), id="2", resource_id="olt"),
    sla.Alarm(at(5, 10, 30), at(5, 10, 45), id="3", resource_id="pon"),
    sla.Alarm(at(7, 2), at(7, 3), id="4", resource_id="power"),
)
FOUR_OUTAGES = (outage(at(2), 20), outage(at(9), 15), outage(at(16), 12), outage(at(23), 9))


class TestBudget:
    """Of the whole period, remembered for a minute, dropped when a change is reported."""

    async def test_half_an_hour_by_the_tenth_of_a_month(self) -> None:
        """14.64 of 44.64 minutes are left, until 00:14:38.4; what is remembered costs no query."""
        facts = LiveFacts(UTC, at(10), HALF_AN_HOUR)
        service = service_of(facts)
        result = await service.budget(TENANT)
        assert (result.start, result.end, result.as_of) == (at(1), dt.datetime(2026, 11, 1, tzinfo=dt.UTC), at(10))
        assert result.allowed_us == Fraction("44.64") * MINUTE_US
        assert result.left_us == Fraction("14.64") * MINUTE_US
        assert result.deadline == at(10, 0, 14, 38) + dt.timedelta(microseconds=400_000)
        assert result.state is sla.Verdict.AT_RISK
        assert result.to_date_ratio is not None
        assert float(result.to_date_ratio) == pytest.approx(-1.3148, abs=1e-4)
        assert await service.budget(TENANT) is result
        assert facts.queries == 1

    async def test_a_week_of_service_hours_with_maintenance_and_a_day_of_25_hours(self) -> None:
        """The open alarm has to be cleared by Monday 09:42:42, behind a weekend and maintenance."""
        hours = sla.ServiceHours.weekly({"mon-fri": "09:00-17:00"})
        settings = TenantSettings("Europe/Berlin", sla.SLAPolicy("99.5"), service_hours=hours)
        facts = LiveFacts(settings, in_berlin(23, 16, 45), sla.Alarm(in_berlin(23, 16, 30), id="open"))
        facts.agreed.append(sla.MaintenanceWindow(in_berlin(26, 9), in_berlin(26, 9, 20)))
        result = await service_of(facts).budget(TENANT)
        assert result.allowed_us == Fraction("52.7") * MINUTE_US
        assert (result.spent_us, result.left_us) == (15 * MINUTE_US, Fraction("37.7") * MINUTE_US)
        assert result.deadline == in_berlin(26, 9, 42, 42)
        assert result.down_since == in_berlin(23, 16, 30)
        assert result.start.tzinfo is not None
        for cleared_at, state in [
            (result.deadline, sla.Verdict.MET),
            (result.deadline + MICROSECOND, sla.Verdict.BREACHED),
        ]:
            facts.alarms["open"] = sla.Alarm(in_berlin(23, 16, 30), cleared_at, id="open")
            facts.now = in_berlin(31, 23, 59, 59)
            later = await service_of(facts).budget(TENANT)
            assert later.state is state

    async def test_any_target_and_accounting_is_answered_from_one_query(self) -> None:
        facts = LiveFacts(UTC, at(10), HALF_AN_HOUR, outage(at(4, 1), 10))
        facts.agreed.append(sla.MaintenanceWindow(at(4), at(4, 2)))
        service = service_of(facts)
        agreed, lower, gross, same = (
            await service.budget(TENANT),
            await service.budget(TENANT, target="99"),
            await service.budget(TENANT, accounting=sla.Accounting.COUNTED),
            await service.budget(TENANT, target="99.9", accounting=sla.Accounting.REMOVED),
        )
        assert facts.queries == 1
        assert same is agreed
        assert lower.allowed_us == 10 * agreed.allowed_us
        assert gross.spent_us - agreed.spent_us == 10 * MINUTE_US
        report = facts.report(at(1), dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
        assert lower == budget(report, report.total.with_target("99"))

    @pytest.mark.parametrize(
        ("period", "start", "end"),
        [
            (sla.Period.DAY, at(10), at(11)),
            (sla.Period.WEEK, at(5), at(12)),
            (sla.Period.QUARTER, at(1), dt.datetime(2027, 1, 1, tzinfo=dt.UTC)),
            (sla.Period.YEAR, dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2027, 1, 1, tzinfo=dt.UTC)),
            (sla.Period.month(first_day=8), at(8), dt.datetime(2026, 11, 8, tzinfo=dt.UTC)),
            (sla.Period.rolling(7), at(4), at(10, 12)),
        ],
    )
    async def test_periods(self, period: sla.Period, start: dt.datetime, end: dt.datetime) -> None:
        """The one that holds now, whole; a rolling one ends now, and its budget is that to date."""
        facts = LiveFacts(UTC, at(10, 12), HALF_AN_HOUR, outage(at(9), 1))
        result = await service_of(facts).budget(TENANT, period)
        assert (result.start, result.end) == (start, end)
        assert result == budget(facts.report(start, end))
        if period.is_rolling:
            assert result.remaining_ratio == result.to_date_ratio

    async def test_it_is_measured_again_after_a_minute_and_in_a_new_period(self) -> None:
        facts = LiveFacts(UTC, at(31, 23, 58), HALF_AN_HOUR)
        service = service_of(facts)
        for seconds, queries in [(0, 1), (59, 1), (60, 2), (119, 2), (121, 3), (122, 3)]:
            facts.now = at(31, 23, 58) + dt.timedelta(seconds=seconds)
            result = await service.budget(TENANT)
            assert (facts.queries, result.as_of <= facts.now) == (queries, True)
        assert result.start == dt.datetime(2026, 11, 1, tzinfo=dt.UTC)

    async def test_a_clock_that_was_set_back_is_answered_by_a_new_measurement(self) -> None:
        facts = LiveFacts(UTC, at(10), HALF_AN_HOUR)
        service = service_of(facts)
        await service.budget(TENANT)
        facts.now = at(9)
        assert (await service.budget(TENANT)).as_of == at(9)

    async def test_other_settings_are_another_measurement(self) -> None:
        facts = LiveFacts(UTC, at(10), HALF_AN_HOUR)
        service = service_of(facts)
        await service.budget(TENANT)
        facts.settings = TenantSettings("UTC", in_service=[(at(5), at(20))])
        assert (await service.budget(TENANT)).spent_us == 0

    @pytest.mark.parametrize(
        "report_change",
        [
            lambda service, old, new: service.alarm_changed(TENANT, old, new),
            lambda service, _old, _new: service.invalidate(TENANT, [at(3).date()]),
            lambda service, _old, _new: service.forget(TENANT),
            lambda service, _old, _new: service.exclusion_changed(
                TENANT, None, sla.Exclusion(at(20), at(21), reason="strike")
            ),
        ],
        ids=["alarm", "invalidate", "forget", "exclusion"],
    )
    async def test_a_change_that_is_reported_drops_what_is_remembered(
        self, report_change: Callable[..., Awaitable[object]]
    ) -> None:
        facts = LiveFacts(UTC, at(10), HALF_AN_HOUR)
        service = service_of(facts)
        before = await service.budget(TENANT)
        longer = outage(at(3, 12), 40, id=HALF_AN_HOUR.id)
        facts.alarms[longer.id] = longer
        assert await service.budget(TENANT) is before
        await report_change(service, HALF_AN_HOUR, longer)
        assert (await service.budget(TENANT)).spent_us == 40 * MINUTE_US

    async def test_a_measurement_under_way_at_a_change_is_neither_shared_nor_remembered(self) -> None:
        facts = LiveFacts(UTC, at(10), HALF_AN_HOUR)
        service = service_of(facts)
        facts.may_leave = asyncio.Event()
        early = asyncio.create_task(service.budget(TENANT))
        await facts.is_answer_ready.wait()
        facts.alarms["late"] = outage(at(4), 5, id="late")
        await service.invalidate(TENANT, [at(4).date()])
        late = asyncio.create_task(service.budget(TENANT))
        await asyncio.sleep(0.01)
        facts.may_leave.set()
        assert [(await task).spent_us // MINUTE_US for task in (early, late)] == [30, 35]
        assert (await service.budget(TENANT)).spent_us == 35 * MINUTE_US
        assert facts.queries == 2

    async def test_callers_at_the_same_time_share_a_measurement_and_one_that_is_cancelled_ends_it_for_none(
        self,
    ) -> None:
        facts = LiveFacts(UTC, at(10), HALF_AN_HOUR)
        service = service_of(facts)
        facts.may_leave = asyncio.Event()
        callers = [asyncio.create_task(service.budget(TENANT)) for _ in range(20)]
        await facts.is_answer_ready.wait()
        callers[0].cancel()
        await asyncio.sleep(0)
        facts.may_leave.set()
        results = await asyncio.gather(*callers, return_exceptions=True)
        assert isinstance(results[0], asyncio.CancelledError)
        assert len(set(map(id, results[1:]))) == 1
        assert facts.queries == 1

    async def test_a_source_that_hangs_is_a_time_out_and_nothing_is_remembered(self) -> None:
        facts = LiveFacts(UTC, at(10), HALF_AN_HOUR)
        service = service_of(facts, source_time_out=dt.timedelta(milliseconds=50))
        facts.may_leave = asyncio.Event()
        with pytest.raises(TimeoutError):
            await service.budget(TENANT)
        facts.may_leave = None
        facts.error = OSError("gone")
        other = service_of(facts)
        with pytest.raises(OSError, match="gone"):
            await other.budget(TENANT)
        facts.error = None
        assert (await other.budget(TENANT)).spent_us == 30 * MINUTE_US
        await service.aclose()

    async def test_tenants_have_budgets_of_their_own(self) -> None:
        alarms = {"a": sla.AlarmBatch.from_alarms([HALF_AN_HOUR]), "b": sla.AlarmBatch.from_alarms([outage(at(2), 7)])}
        service = ComplianceService(
            to_async(MemoryAlarmSource(alarms)), tenants=MemoryTenants({"a": UTC, "b": UTC}), clock=lambda: at(10)
        )
        spent = [(await service.budget(tenant)).spent_us // MINUTE_US for tenant in ("a", "b", "a")]
        assert spent == [30, 7, 30]
        await service.forget("a")
        assert service.statistics.queries == 2
        await service.budget("b")
        assert service.statistics.queries == 2
        with pytest.raises(UnknownTenantError):
            await service.budget("c")

    async def test_what_is_remembered_is_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The oldest goes first; of very many rows the newest stays."""
        monkeypatch.setattr("sla_compliance.service.period_reports.MOST_ROWS_REMEMBERED", 2)
        batch = sla.AlarmBatch.from_alarms([outage(at(3), 1), outage(at(4), 1), outage(at(5), 1)])
        alarms = {"big": batch, "a": batch.take([0]), "b": batch.take([1]), "c": batch.take([2])}
        service = ComplianceService(
            to_async(MemoryAlarmSource(alarms)), tenants=MemoryTenants(dict.fromkeys(alarms, UTC)), clock=lambda: at(10)
        )
        for tenant, queries in [("a", 1), ("b", 2), ("c", 3), ("b", 3), ("a", 4), ("big", 5), ("big", 5), ("a", 6)]:
            await service.budget(tenant)
            assert service.statistics.queries == queries, tenant
        monkeypatch.setattr("sla_compliance.service.period_reports.MOST_REMEMBERED", 1)
        for tenant, queries in [("b", 7), ("b", 7), ("a", 8), ("b", 9)]:
            await service.budget(tenant)
            assert service.statistics.queries == queries, tenant

    async def test_an_observer_has_each_budget_that_was_measured(self) -> None:
        """By the tenant's own terms; one that takes note of none goes on working."""

        class Watching:
            def __init__(self) -> None:
                self.measured: list[tuple[str, sla.Period, Any]] = []

            def answered(self, answer: Any, *, seconds: float) -> None: ...
            def queried(self, tenant_id: str, *, seconds: float) -> None: ...
            def failed(self, what: str, error: BaseException) -> None: ...
            def budget_measured(self, tenant_id: str, period: sla.Period, budget: Any) -> None:
                self.measured.append((tenant_id, period, budget))

        watching = Watching()
        service = service_of(LiveFacts(UTC, at(10), HALF_AN_HOUR), observer=watching)
        await service.budget(TENANT, target="99")
        agreed = await service.budget(TENANT)
        assert watching.measured == [(TENANT, sla.Period.MONTH, agreed)]

    async def test_made_up_alarms_leave_no_trace(self) -> None:
        service = ComplianceService(
            SampleAlarmSource("UTC", clock=lambda: at(10)),
            tenants=MemoryTenants({TENANT: UTC}),
            clock=lambda: at(10),
        )
        await service.budget(TENANT)
        await service.budget(TENANT)
        assert service.statistics.queries == 2

    async def test_arguments_are_checked_before_anything_is_read(self) -> None:
        facts = LiveFacts(UTC, at(10))
        service = service_of(facts)
        with pytest.raises(InvalidTypeError, match="period"):
            await service.budget(TENANT, "month")  # type: ignore[arg-type]
        with pytest.raises(InvalidValueError, match="period"):
            await service.budget(TENANT, sla.Period.HOUR)
        with pytest.raises(InvalidTargetError, match="target is '101'"):
            await service.budget(TENANT, target="101")
        with pytest.raises(InvalidTypeError, match="accounting"):
            await service.budget(TENANT, accounting="gross")  # type: ignore[arg-type]
        with pytest.raises(sla.SLAComplianceError, match="days"):
            await service.budget(TENANT, sla.Period.rolling(3_660_000))
        assert facts.queries == 0


class TestCauses:
    """What cost whole local days."""

    async def test_each_cause_has_its_gross_unique_and_owned_time(self) -> None:
        facts = LiveFacts(UTC, dt.datetime(2026, 11, 1, tzinfo=dt.UTC), *FOUR_CAUSES)
        facts.agreed.append(sla.MaintenanceWindow(at(5, 11, 30), at(5, 13)))
        service = service_of(facts)
        result = await service.attribution(TENANT, at(1, 7), at(31, 7), by="resource_id")
        assert [(share.key, share.gross_us // MINUTE_US, share.unique_us // MINUTE_US, share.owned_us // MINUTE_US)
                for share in result.rows] == [
            ("fibre", 120, 60, 120), ("power", 60, 60, 60), ("olt", 90, 30, 30), ("pon", 15, 0, 0)
        ]  # fmt: skip
        assert (result.down_us, result.bridged_us) == (210 * MINUTE_US, 0)
        assert result == attribution(facts.report(at(1), dt.datetime(2026, 11, 1, tzinfo=dt.UTC)), by="resource_id")
        counted = await service.attribution(TENANT, at(1), at(31), accounting=sla.Accounting.COUNTED)
        assert counted.down_us == 240 * MINUTE_US
        agreed = await service.attribution(TENANT, at(1), at(31), accounting=sla.Accounting.REMOVED)
        assert agreed.down_us == 210 * MINUTE_US
        with pytest.raises(InvalidValueError, match="by is 'colour'; the alarms carry the columns"):
            await service.attribution(TENANT, at(1), at(31), by="colour")

    async def test_the_fewest_incidents_that_decided_a_month(self) -> None:
        """44.64 minutes are allowed and 56 lost, so the one of 20 minutes did."""
        facts = LiveFacts(UTC, dt.datetime(2026, 11, 1, tzinfo=dt.UTC), *FOUR_OUTAGES)
        service = service_of(facts)
        decisive = await service.decisive_incidents(TENANT, at(1), at(31, 12))
        assert decisive == decisive_incidents(facts.report(at(1), dt.datetime(2026, 11, 1, tzinfo=dt.UTC)))
        assert decisive is not None
        assert [incident.start for incident in decisive] == [at(2)]
        assert await service.decisive_incidents(TENANT, at(1), at(31), target="99") == ()
        both = await service.decisive_incidents(TENANT, at(1), at(31), target="99.95")
        assert both is not None
        assert len(both) == 2
        facts.settings = TenantSettings("UTC", in_service=[])
        assert await service.decisive_incidents(TENANT, at(1), at(31)) is None

    async def test_incidents_with_what_each_cost_the_dearest_first(self) -> None:
        facts = LiveFacts(UTC, dt.datetime(2026, 11, 1, tzinfo=dt.UTC), *reversed(FOUR_OUTAGES), outage(at(4, 1), 50))
        facts.agreed.append(sla.MaintenanceWindow(at(4), at(4, 2)))
        service = service_of(facts)
        costs = await service.incident_costs(TENANT, at(1), at(31))
        assert [(row.incident.start, int(row.budget_us) // MINUTE_US, row.is_decisive) for row in costs.rows] == [
            (at(2), 20, True), (at(9), 15, False), (at(16), 12, False), (at(23), 9, False), (at(4, 1), 0, False)
        ]  # fmt: skip
        assert (costs.total, costs.decisive) == (5, 1)
        page = await service.incident_costs(TENANT, at(1), at(31), bounds=PageBounds(offset=1, limit=2, alarm_limit=0))
        assert [row.incident.start for row in page.rows] == [at(9), at(16)]
        assert [(row.incident.alarms, row.incident.alarm_count) for row in page.rows] == [((), 1), ((), 1)]
        assert page.total == 5
        other = await service.incident_costs(TENANT, at(1), at(31), target="99.95", accounting=sla.Accounting.COUNTED)
        assert other.rows[0].incident.start == at(4, 1)
        assert other.rows[0].budget_us == 50 * MINUTE_US
        assert other == incident_costs(
            facts.report(at(1), dt.datetime(2026, 11, 1, tzinfo=dt.UTC)),
            facts.report(at(1), dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
            .total.with_target("99.95")
            .counted_as(sla.Accounting.COUNTED),
        )

    async def test_an_outage_is_whole_though_it_lies_beyond_the_days(self) -> None:
        """A chain of alarms from the day before into the day after; restorations are never cut."""
        chain = [outage(at(day, hour), 61, id=f"{day}-{hour}") for day, hour in [(4, 22), (4, 23), (5, 0), (5, 1)]]
        facts = LiveFacts(UTC, at(10), *chain)
        service = service_of(facts)
        (row,) = (await service.incident_costs(TENANT, at(5), at(6))).rows
        assert (row.incident.start, row.incident.end) == (at(4, 22), at(5, 2, 1))
        assert not row.incident.begins_before
        assert row.incident.downtime_us == 121 * MINUTE_US
        figures = await service.reliability(TENANT, at(5), at(6))
        assert (figures.restorations, figures.longest_us) == (1, 241 * MINUTE_US)

    async def test_reliability_of_a_month(self) -> None:
        """Three restored and one open since the 31st, 23:00."""
        november = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
        alarms = [outage(at(3), 20), outage(at(9), 60), outage(at(16), 10), sla.Alarm(at(31, 23), id="open")]
        facts = LiveFacts(UTC, november, *alarms)
        figures = await service_of(facts).reliability(TENANT, at(1), november)
        assert figures == reliability(facts.report(at(1), november))
        assert (figures.failures, figures.restorations, figures.still_open) == (4, 3, 1)
        assert figures.mean_up_us == Fraction("185.375") * HOUR_US
        assert figures.mttr_us == 30 * MINUTE_US
        assert (figures.median_us, figures.p95_us) == (20 * MINUTE_US, 60 * MINUTE_US)


class TestTrend:
    """From whole days of the cache and the store, and the part of one day."""

    async def test_the_month_in_progress_is_compared_to_the_same_hour(self) -> None:
        """What the core says of the rows themselves."""
        september = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
        alarms = [
            outage(dt.datetime(2026, 9, 10, 11, 50, tzinfo=dt.UTC), 20),
            outage(dt.datetime(2026, 9, 12, tzinfo=dt.UTC), 60),
            outage(dt.datetime(2026, 8, 12, tzinfo=dt.UTC), 44),
            HALF_AN_HOUR,
        ]
        facts = LiveFacts(UTC, at(10, 12), *alarms)
        service = service_of(facts)
        before, month = await service.trend(TENANT, sla.Period.MONTH, count=2)
        assert (month.is_to_date, month.is_comparable, before.is_to_date) == (True, True, False)
        assert month.before is not None
        assert (month.before.start, month.before.end) == (september, dt.datetime(2026, 9, 10, 12, tzinfo=dt.UTC))
        assert (month.before.downtime_us, month.record.downtime_us) == (10 * MINUTE_US, 30 * MINUTE_US)
        # Not lost yet, as the budget says: until its end the month may still keep its target.
        assert month.record.verdict is (await service.budget(TENANT)).state is sla.Verdict.AT_RISK
        report = facts.report(dt.datetime(2026, 8, 1, tzinfo=dt.UTC), dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
        assert (before, month) == trend(report, sla.Period.MONTH)[1:]
        asked = facts.queries
        await service.trend(TENANT, sla.Period.MONTH, count=2)
        assert facts.queries == asked + 1  # the part of a day; days to come need no rows

    @pytest.mark.parametrize(
        ("period", "against", "now"),
        [
            (sla.Period.WEEK, "previous", at(14, 12)),
            (sla.Period.WEEK, "previous", at(12)),
            (sla.Period.WEEK, "year", at(14, 12)),
            (sla.Period.DAY, "previous", at(14, 12)),
            (sla.Period.DAY, "previous", at(14)),
            (sla.Period.QUARTER, "previous", at(14, 12)),
            (sla.Period.MONTH, "previous", at(31, 12)),
            (sla.Period.rolling(7), "previous", at(14, 12)),
            (sla.Period.month(first_day=15), "year", at(14, 12)),
        ],
    )
    async def test_periods(self, period: sla.Period, against: Any, now: dt.datetime) -> None:
        """As the core compares them, damping and the zone's clock change included."""
        policy = sla.SLAPolicy("99.5", merge_gap=dt.timedelta(minutes=3), min_outage=dt.timedelta(minutes=2))
        settings = TenantSettings("Europe/Berlin", policy, monitor_gap=dt.timedelta(0))
        starts = [now - dt.timedelta(hours=13 * number, minutes=7 * number) for number in range(1, 900)]
        facts = LiveFacts(settings, now, *(outage(start, 1 + number % 50) for number, start in enumerate(starts)))
        changes = await service_of(facts).trend(TENANT, period, against=against, count=3)
        first = dt.datetime(2025, 1, 1, tzinfo=BERLIN)
        today = now.astimezone(BERLIN).date()
        after = today + dt.timedelta(days=1) if period.is_rolling else period.next_first_date(today)
        last = dt.datetime.combine(after, dt.time(), BERLIN)
        assert changes == trend(facts.report(first, last), period, against=against)[-3:]
        assert changes[-1].is_to_date

    async def test_days_whose_rows_are_purged_come_from_the_store(self) -> None:
        september = [dt.datetime(2026, 9, day, tzinfo=dt.UTC) for day in (1, 30)]
        facts = LiveFacts(UTC, at(5), outage(september[0], 44, id="old"), HALF_AN_HOUR)
        store = MemoryDayStore()
        await service_of(facts, store=store).store_closed_days(TENANT, *september)
        del facts.alarms["old"]
        facts.purged_until = at(1)
        facts.now = at(31, 12)
        month = (await service_of(facts, store=store).trend(TENANT, count=1))[0]
        assert month.before is not None
        assert month.before.downtime_us == 44 * MINUTE_US

    async def test_another_target_changes_verdicts_and_no_points(self) -> None:
        facts = LiveFacts(UTC, at(10, 12), HALF_AN_HOUR, outage(dt.datetime(2026, 9, 3, tzinfo=dt.UTC), 10))
        service = service_of(facts)
        agreed, lower = [(await service.trend(TENANT, count=1, target=target))[0] for target in (None, "90")]
        assert agreed.points == lower.points
        assert (agreed.record.target_percentage, lower.record.target_percentage) == (99.9, 90)

    async def test_arguments_are_checked(self) -> None:
        service = service_of(LiveFacts(UTC, at(10)))
        with pytest.raises(InvalidValueError, match="count is 0"):
            await service.trend(TENANT, count=0)
        with pytest.raises(InvalidValueError, match="count is 60: .* more than 1100 days"):
            await service.trend(TENANT, count=60)
        with pytest.raises(InvalidValueError, match="more than 1100 days"):
            await service.trend(TENANT, sla.Period.rolling(600), count=1)
        with pytest.raises(InvalidValueError, match="against"):
            await service.trend(TENANT, against="month")  # type: ignore[arg-type]
        with pytest.raises(InvalidValueError, match="period"):
            await service.trend(TENANT, sla.Period.HOUR)


def test_the_blocking_service_has_the_same_answers() -> None:
    alarms = {"acme": sla.AlarmBatch.from_alarms([*FOUR_OUTAGES])}
    source = to_async(MemoryAlarmSource(alarms))
    inner = ComplianceService(source, tenants=MemoryTenants({"acme": UTC}), clock=lambda: at(31))
    with SyncComplianceService(inner) as service:
        assert service.budget("acme").left_us == (Fraction("44.64") - 56) * MINUTE_US
        assert [share.owned_us // MINUTE_US for share in service.attribution("acme", at(1), at(31)).rows] == [
            20,
            15,
            12,
            9,
        ]
        decisive = service.decisive_incidents("acme", at(1), at(31))
        assert decisive is not None
        assert [incident.duration_us // SECOND_US for incident in decisive] == [1200]
        assert service.incident_costs("acme", at(1), at(31)).decisive == 1
        assert service.reliability("acme", at(1), at(31)).failures == 4
        assert len(service.trend("acme", count=2)) == 2
