"""Which days a change can alter, and when a day is closed: against full recomputation."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from sla_compliance.alarms import Alarm
from sla_compliance.batch import AlarmBatch
from sla_compliance.calendars.exclusions import AnyExclusion, Exclusion
from sla_compliance.calendars.local_days import first_instant_us
from sla_compliance.intervals import NEVER
from sla_compliance.ledger import CellLengths
from sla_compliance.measured import DayFact, MeasuredDay
from sla_compliance.records import ComplianceRecord
from sla_compliance.report import ComplianceReport
from sla_compliance.service import TenantSettings
from sla_compliance.service.queries import Subject
from sla_compliance.service.restatement import alarm_dates, exclusion_dates, targeting_columns
from sla_compliance.units import ONE_DAY, instant_us
from tests.property.changing_facts import (
    FIRST,
    HOUR,
    LAST,
    MINUTE,
    agreements,
    alarms,
    lengths,
    moments,
    resources,
    scopes,
    tenants,
    undated_rows,
)
from tests.service.world import TENANT, LiveFacts, at


def meant_for(one: AnyExclusion, scope: dict[str, list[str]] | None) -> Exclusion:
    """Return an exclusion at the time of an agreement, for others."""
    return Exclusion(one.start, one.end, reason="meant for others", applies_to=scope)


row_changes = st.one_of(
    st.tuples(st.none() | alarms(), st.none() | alarms()),
    st.builds(lambda row, resource: (row, replace(row, resource_id=resource)), alarms(), resources),
)
RowChange = tuple[Alarm | None, Alarm | None]
rows_of_devices = undated_rows | st.builds(
    lambda row, severity: replace(row, severity=severity, cleared_at=row.first_occurrence + MINUTE),
    undated_rows,
    st.sampled_from(["minor", "critical"]),
)
next_row_changes = st.one_of(
    st.tuples(st.none() | rows_of_devices, st.none() | rows_of_devices),
    st.builds(lambda row, length: (row, replace(row, cleared_at=row.first_occurrence + length)), undated_rows, lengths),
).map(lambda change: tuple(None if row is None else replace(row, id=9) for row in change))  # one row: its id stays
agreement_changes = st.one_of(
    st.tuples(st.none() | agreements(), st.none() | agreements()),
    st.builds(lambda one, scope: (meant_for(one, None), meant_for(one, scope)), agreements(), scopes),
)
rows = st.lists(alarms(), max_size=3, unique_by=lambda alarm: alarm.id)
agreed = st.lists(agreements(), max_size=2)
waits = st.sampled_from([MINUTE, 2 * HOUR, 30 * HOUR, 8 * 24 * HOUR])
MANY = settings(max_examples=400)


def facts_of(tenant: TenantSettings, now: dt.datetime, alarms: list[Alarm], agreed: list[AnyExclusion]) -> LiveFacts:
    """Return these facts."""
    facts = LiveFacts(tenant, now, *alarms)
    facts.agreed = agreed
    return facts


def altered_dates(before: LiveFacts, after: LiveFacts) -> set[dt.date]:
    """Return the dates whose cells differ, in the record or in another reading."""
    pairs = zip(before.report(FIRST, LAST).days, after.report(FIRST, LAST).days, strict=True)
    return {old.date for old, new in pairs if readings_of(old) != readings_of(new)}


def readings_of(day: ComplianceRecord) -> tuple[CellLengths, ...]:
    """Return the cells of a day in the record and in both other readings."""
    others = (day.certainty.value.optimistic_cells_us, day.certainty.value.pessimistic_cells_us)
    return (day.cells_us, *(day.cells_us if cells_us is None else cells_us for cells_us in others))


def subject_of(facts: LiveFacts) -> Subject:
    """Return the tenant, now."""
    return Subject(TENANT, facts.settings, instant_us(facts.now, field="now"))


@given(tenant=tenants, now=moments, others=rows, change=row_changes, agreed=agreed)
@MANY
def test_no_day_is_altered_by_an_alarm_beyond_those_named(
    tenant: TenantSettings,
    now: dt.datetime,
    others: list[Alarm],
    change: RowChange,
    agreed: list[AnyExclusion],
) -> None:
    """Raised, edited, moved to another device, cleared, deleted: whatever else is the case."""
    assert_named(tenant, now, others, change, agreed)


@given(tenant=tenants, others=st.lists(undated_rows, min_size=1, max_size=2), change=next_row_changes)
@MANY
def test_no_day_is_altered_by_the_next_row_of_a_device_beyond_those_named(
    tenant: TenantSettings, others: list[Alarm], change: RowChange
) -> None:
    """Rows that are over without a time end with the start of the next, whichever of them has changed."""
    assert_named(tenant, at(28, 12), others, change, [])


def assert_named(
    tenant: TenantSettings, now: dt.datetime, others: list[Alarm], change: RowChange, agreed: list[AnyExclusion]
) -> None:
    """Assert that a change of one row alters no date that is not named."""
    kept = [alarm for alarm in others if not {alarm.id} & {row.id for row in change if row}]
    before, after = (facts_of(tenant, now, [*kept, *([row] if row else [])], agreed) for row in change)
    is_caused_only = tenant.policy.planned_work.excuses == "caused"
    work = before.report(FIRST, LAST).measurement.rule.contract.work if is_caused_only else NEVER
    named = alarm_dates(
        subject_of(before),
        *change,
        targeting_columns=targeting_columns(agreed),
        work=work,
        neighbours=AlarmBatch.from_alarms(after.alarms.values(), on_invalid="quarantine"),
    )
    assert altered_dates(before, after) <= set(named)


@given(tenant=tenants, now=moments, rows=rows, others=agreed, change=agreement_changes)
@MANY
def test_no_day_that_has_begun_is_altered_by_an_agreement_beyond_those_named(
    tenant: TenantSettings,
    now: dt.datetime,
    rows: list[Alarm],
    others: list[AnyExclusion],
    change: tuple[AnyExclusion | None, AnyExclusion | None],
) -> None:
    """Entered, edited, given to others, cancelled: once or recurring."""
    before, after = (facts_of(tenant, now, rows, [*others, *([one] if one else [])]) for one in change)
    begun = {day.date for day in before.report(FIRST, LAST).days if day.start < now}
    named = exclusion_dates(subject_of(before), *change)
    assert altered_dates(before, after) & begun <= set(named)


@given(
    tenant=tenants,
    now=moments,
    later=waits,
    rows=rows,
    agreed=agreed,
)
@MANY
def test_time_alone_alters_no_closed_day(
    tenant: TenantSettings, now: dt.datetime, later: dt.timedelta, rows: list[Alarm], agreed: list[AnyExclusion]
) -> None:
    """Whatever is open, unseen or still too short as it closes."""
    before, after = (facts_of(tenant, moment, rows, agreed) for moment in (now, now + later))
    closed = {date for date, facts in day_facts(before.report(FIRST, LAST)).items() if is_closed(before, date, facts)}
    assert altered_dates(before, after).isdisjoint(closed)


def is_closed(facts: LiveFacts, date: dt.date, day_facts: tuple[DayFact, ...]) -> bool:
    """Return whether a day with these facts would be taken for closed by the service."""
    start_us, end_us = (first_instant_us(day, facts.settings.zone) for day in (date, date + ONE_DAY))
    day = MeasuredDay(
        date=date,
        start_us=start_us,
        end_us=end_us,
        cells_us=(),
        facts=day_facts,
        rows_read=0,
        as_of_us=instant_us(facts.now, field="now"),
        tz_version="",
    )
    return day.is_closed(facts.settings.policy)


def day_facts(report: ComplianceReport) -> dict[dt.date, tuple[DayFact, ...]]:
    """Return the facts of each day of a report."""
    facts = report.evidence.day_facts([(day.start_us, day.end_us) for day in report.days])
    return dict(zip((day.date for day in report.days), facts, strict=True))


@given(tenant=tenants, now=moments, later=st.sampled_from([0 * HOUR, 24 * 9 * HOUR]), rows=rows, agreed=agreed)
@MANY
def test_the_facts_of_a_day_do_not_depend_on_the_window(
    tenant: TenantSettings, now: dt.datetime, later: dt.timedelta, rows: list[Alarm], agreed: list[AnyExclusion]
) -> None:
    """Measured alone or among others; so the sentences of a range do not depend on how its days were measured."""
    facts = facts_of(tenant, now + later, rows, agreed)
    report = facts.report(FIRST, LAST)
    together = day_facts(report)
    for day in report.days:
        assert day_facts(facts.report(day.start, day.end)) == {day.date: together[day.date]}
