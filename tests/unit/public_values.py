"""A value of each public class that has values, made as callers make them, from one small contract."""

from __future__ import annotations

import asyncio
import datetime as dt
import enum
import inspect
from functools import cache
from types import ModuleType
from typing import Any, Final

import sla_compliance as sla
from sla_compliance import agreements, analysis, errors, intervals, measured, service
from sla_compliance.service import Reconciliation, Sweep, WaitingCause, WaitingDay
from tests.service.world import TENANT, LiveFacts, service_of
from tests.unit.moments import at

MODULES: Final[tuple[ModuleType, ...]] = (sla, analysis, errors, measured, intervals, agreements, service)

# Protocols, and classes that do work instead of stating a fact.
WITHOUT_VALUES: Final = frozenset(
    {
        *("AlarmSource", "AsyncAlarmSource", "ExclusionSource", "Tenants", "ServiceObserver", "BudgetObserver"),
        *("ComplianceService", "SyncComplianceService", "MemoryTenants", "MemoryCorrections", "Statistics"),
    }
)

POLICY: Final = sla.SLAPolicy(
    "99.5",
    merge_gap=dt.timedelta(minutes=5),
    stale_after=dt.timedelta(days=2),
    planned_work=sla.PlannedWork(notice=dt.timedelta(0)),
)
ALARMS: Final = (
    sla.Alarm(at(8, 9), at(8, 10), id="1", resource_id="r1", resolved_at=at(8, 11)),
    sla.Alarm(at(9, 9), id="2", status="cleared", last_occurrence=at(9, 12), resource_id="r1"),
    sla.Alarm(at(9, 9), id="3", severity="cleared", resource_id="r2"),
    sla.Alarm(at(10), at(10, 1), id="4", severity="no severity"),
)
WORK: Final = sla.MaintenanceWindow(at(5, 2), at(5, 4), recurrence="FREQ=WEEKLY;BYDAY=SU", announced_at=at(1))
EXCLUSION: Final = sla.Exclusion(at(8, 9), at(8, 10), reason="storm", applies_to={"resource_id": ["r1"]})
HOURS: Final = sla.ServiceHours.weekly({"mon-sun": "00:00-24:00"}, holidays=[dt.date(2025, 10, 3)])
INVENTORY: Final = sla.Inventory([sla.Unit("r1", target="99"), sla.Unit("r2", parents=("r1",))])
CORRECTION: Final = sla.Correction("1", ends=at(9), reason="typing error", author="ana", entered_at=at(9))


def public_classes() -> dict[str, type]:
    """Return the public classes of MODULES that have values, by name."""
    classes: dict[str, type] = {}
    for module in MODULES:
        own_names = [name for name, value in vars(module).items() if not name.startswith("_") and _is_of(value, module)]
        for name in getattr(module, "__all__", own_names):
            value = getattr(module, name)
            if inspect.isclass(value) and name not in WITHOUT_VALUES:
                classes[name] = value
    return classes


def _is_of(value: object, module: ModuleType) -> bool:
    return inspect.isclass(value) and value.__module__ == module.__name__


@cache
def public_values() -> dict[str, Any]:
    """Return a value of each public class but errors, by the name of its class."""
    report = sla.evaluate(
        sla.AlarmBatch.from_alarms(ALARMS, on_invalid="quarantine"),
        start=at(1),
        end=at(31),
        zone="Europe/Lisbon",
        as_of=at(20),
        policy=POLICY,
        maintenance=[WORK],
        exclusions=[EXCLUSION],
        service_hours=HOURS,
        corrections=[CORRECTION],
    )
    values = [*ALARMS[:1], WORK, EXCLUSION, HOURS, INVENTORY, INVENTORY.units[0], CORRECTION, POLICY]
    values += [POLICY.qualifying, POLICY.accounting, POLICY.planned_work, sla.Period.MONTH, report.ledger.down]
    values += [report, report.batch, report.total, report.ledger, report.quality, report.incidents()[0]]
    values += [report.bounds(), report.bounds().because[0]]
    values += [*_analyses(report), *asyncio.run(_answers()), *_members()]
    return {type(value).__name__: value for value in values}


def _members() -> list[enum.Enum]:
    """Return a member of each public enum."""
    return [next(iter(kind)) for kind in public_classes().values() if issubclass(kind, enum.Enum)]


def _analyses(report: sla.ComplianceReport) -> list[Any]:
    shares = analysis.attribution(report, by="resource_id")
    changes = analysis.trend(report, sla.Period.WEEK)
    costs = analysis.incident_costs(report)
    in_doubt = analysis.settlement(report)
    issued = analysis.statement(report, tenant=TENANT, issued_at=at(31), issued_by="ana", provisional=True)
    later = sla.evaluate(ALARMS[:1], start=at(1), end=at(31), zone="Europe/Lisbon", as_of=at(20), policy=POLICY)
    restated = analysis.restate(issued, later, issued_at=at(31, 1), issued_by="bo", reason="rows came late")
    difference = analysis.difference(issued, restated)
    findings = analysis.doctor(
        ALARMS, start=at(1), end=at(31), zone="UTC", as_of=at(20), policy=POLICY, on_invalid="quarantine"
    )
    return [
        *(shares, shares.rows[0], changes, changes[0], costs, costs.rows[0], in_doubt, in_doubt.rows[0]),
        *(issued, difference, difference.rows, findings[0]),
        *(analysis.budget(report), analysis.projected_budget(report, [(at(21), at(22))]), analysis.reliability(report)),
    ]


async def _answers() -> list[Any]:
    facts = LiveFacts(service.TenantSettings("Europe/Lisbon", POLICY, service_hours=HOURS), at(20), *ALARMS)
    compliance = service_of(facts)
    answer = await compliance.compliance(TENANT, at(6), at(12))
    subject = await compliance.subject(TENANT)
    (overview,) = await compliance.overview([TENANT])
    await compliance.aclose()
    day = answer.measured[0]
    key = facts.settings.day_key(TENANT, day.date, day.start_us, day.end_us)
    fact = measured.DayFact(measured.FactCode.BAD_ROW, "4", 1)
    waiting = WaitingDay(key, WaitingCause.ROWS_MISSING, day, day)
    reconciliation = Reconciliation(
        subject=subject, checked=1, restated=(), refreshed=(day.date,), waiting=(waiting,), incomplete=()
    )
    cause = service.NamedCause(measured.FactCode.BAD_ROW, "4", 1)
    return [answer, subject, overview, day, key, fact, waiting, reconciliation, cause, Sweep(1, ()), facts.settings]


def public_errors() -> dict[str, sla.SLAComplianceError]:
    """Return an error of each public class, with all of its attributes, by the name of its class."""
    plain_classes = [kind for kind in public_classes().values() if issubclass(kind, sla.SLAComplianceError)]
    raised: list[sla.SLAComplianceError] = [
        errors.InvalidAlarmError("alarms[3] is bad", field="alarms[3]", row=3, column="severity"),
        errors.InvalidAlarmsError("2 bad rows", [errors.InvalidAlarmError("a", row=1, column="id")]),
        errors.InvalidContractError("1 fault", [errors.InvalidTargetError("target is 101", field="target")]),
        errors.InvalidFileError("bad", path="alarms.csv", line=17),
        errors.UnknownTenantError(TENANT),
        errors.InvalidStoredDayError("no day", tenant_id=TENANT, date=dt.date(2025, 10, 8)),
        errors.ClockAheadError("ahead", clock_us=2, store_clock_us=1),
        errors.PeriodOpenError("open", field="record", final_us=1),
        errors.InvalidTenantError("no zone", tenant_id=TENANT, field="zone"),
        errors.InvalidCacheEntryError(3),
        errors.MissingExtraError("sla_compliance.cache.redis", extra="redis", library="redis", package="x"),
    ]
    own_classes = set(map(type, raised))
    # All others take a message and a field, and nothing else: a class that takes more belongs in the list above.
    raised += [kind("zone is bad", field="zone") for kind in plain_classes if kind not in own_classes]
    return {type(error).__name__: error for error in raised}
