"""What a contract file means, in words that the parties of a contract read."""
################################################################
# An agreement is a row of clauses, each a topic and a sentence that is complete by
# itself. Of a tenant only the clauses are written that differ from the defaults'.
################################################################

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from textwrap import wrap
from typing import Final

from sla_compliance.alarms import Severity
from sla_compliance.calendars.planned_work import PlannedWork
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.labels import Accounting
from sla_compliance.policy import SLAPolicy
from sla_compliance.settings.agreement import Agreement
from sla_compliance.settings.contract_file import Settings
from sla_compliance.settings.kinds import InstantOrDate
from sla_compliance.settings.notification_words import alerts_sentence, reports_sentence
from sla_compliance.settings.reading import path_of
from sla_compliance.units import MICROSECOND, length_text

_TOPIC_WIDTH: Final = 18
_LINE_WIDTH: Final = 100
# A target of a file has at most so many.
_MOST_DECIMALS: Final = 400
_ACCOUNTING_SENTENCES: Final = (
    (Accounting.REMOVED, "maintenance and exclusions are taken out of the time that counts; excused outages are up"),
    (
        Accounting.PLANNED_DOWNTIME_REMOVED,
        "downtime during maintenance and all excluded time are taken out; uptime during maintenance counts",
    ),
    (Accounting.EXCUSED, "maintenance counts as up, whether the service was up or down; exclusions are taken out"),
    (Accounting.COUNTED, "maintenance excuses nothing; exclusions are taken out"),
    (Accounting.GROSS, "neither maintenance nor exclusions excuse anything"),
)


@dataclass(frozen=True, slots=True)
class Clause:
    """One point of an agreement.

    Attributes:
        topic: what it is about.
        sentence: what was agreed.
    """

    topic: str
    sentence: str


def clauses_of(agreement: Agreement) -> tuple[Clause, ...]:
    """Return what was agreed, point by point; every agreement has the same topics in the same order."""
    policy = agreement.policy
    return (
        Clause("Target", f"at least {_percent(policy.target_ratio)} % of the time that counts"),
        Clause("Zone", agreement.zone or "not said here: that of the tenant's row, or of the command line"),
        Clause("Service hours", _hours(agreement.service_hours)),
        Clause("In service", _between(agreement.in_service_from, agreement.in_service_to)),
        Clause("Outages", _outages(policy)),
        Clause("Damping", _damping(policy)),
        Clause("Open alarms", _open_alarms(policy)),
        Clause("Accounting", _accounting(policy.accounting)),
        Clause("Planned work", _planned_work(policy)),
        Clause("Unmonitored time", _unmonitored(agreement)),
    )


def notification_clauses_of(agreement: Agreement) -> tuple[Clause, ...]:
    """Return which reports and alerts are sent, point by point."""
    return (
        Clause("Reports", reports_sentence(agreement.reports)),
        Clause("Alerts", alerts_sentence(agreement.alerts)),
    )


def contract_text(settings: Settings, name: str) -> str:
    """Return what a contract file means, with a paragraph for the defaults and one for each tenant.

    Args:
        name: what to call the file.
    """
    count = len(settings.tenants)
    tenants = "1 tenant" if count == 1 else f"{count:,} tenants" if count else "no tenants of its own"
    default_clauses = clauses_of(settings.defaults)
    # A file that says nothing of reports and alerts has no clause of them.
    unsaid_clauses = notification_clauses_of(Agreement())
    default_notifications = notification_clauses_of(settings.defaults)
    shown_notifications = [clause for clause in default_notifications if clause not in unsaid_clauses]
    lines = [f"{name}: {tenants}", "", "Every tenant, unless its own part says otherwise"]
    lines += _lines([*default_clauses, *shown_notifications])
    for tenant_id, agreement in settings.tenants.items():
        clauses = [*clauses_of(agreement), *notification_clauses_of(agreement)]
        differing = [clause for clause in clauses if clause not in (*default_clauses, *default_notifications)]
        lines += ["", f"Tenant {path_of('', tenant_id)}", *_lines(differing or [Clause("Agreed", "as every tenant")])]
    notes = [*_row_clauses(settings), *_table_clauses(settings)]
    if notes:
        lines += ["", "Rows and tables", *_lines(notes)]
    return "\n".join(lines)


def _lines(clauses: Sequence[Clause]) -> Iterator[str]:
    """Yield the lines of clauses: topics in a column, sentences wrapped beside them."""
    indent = " " * (2 + _TOPIC_WIDTH)
    for clause in clauses:
        topic = f"  {clause.topic:<{_TOPIC_WIDTH}}"
        yield from wrap(
            clause.sentence,
            _LINE_WIDTH,
            initial_indent=topic,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )


def _percent(ratio: Fraction) -> str:
    """Return an exact percentage with as many decimals as it has."""
    percentage = ratio * 100
    for decimals in range(_MOST_DECIMALS + 1):
        units = percentage * 10**decimals
        if units.denominator == 1:
            whole, fraction = divmod(units.numerator, 10**decimals)
            return f"{whole}.{fraction:0{decimals}}" if decimals else str(whole)
    return str(percentage)


def _length(length: timedelta) -> str:
    return length_text(length // MICROSECOND)


def _hours(hours: ServiceHours | None) -> str:
    return "always" if hours is None else hours.canonical()


def _moment_text(value: InstantOrDate) -> str:
    return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()


def _between(start: InstantOrDate | None, end: InstantOrDate | None) -> str:
    if start is None and end is None:
        return "without a beginning or an end in this file"
    from_text = "" if start is None else f"from {_moment_text(start)}"
    end_text = "" if end is None else f"until {_end_text(end)}"
    return f"{from_text} {end_text}".strip()


def _end_text(end: InstantOrDate) -> str:
    return _moment_text(end) if isinstance(end, datetime) else f"the end of {end.isoformat()}"


def _outages(policy: SLAPolicy) -> str:
    qualifying = policy.qualifying
    severities = [severity.value for severity in Severity if severity in qualifying.severities]
    sentence = f"alarms of severity {_any_of(severities)}"
    if qualifying.excluded_alarm_types:
        sentence += f", but not of type {_any_of(sorted(qualifying.excluded_alarm_types))}"
    if qualifying.excluded_statuses:
        sentence += f", and none of status {_any_of(sorted(qualifying.excluded_statuses))}"
    return sentence


def _any_of(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _damping(policy: SLAPolicy) -> str:
    sentences: list[str] = []
    if policy.merge_gap:
        sentences.append(f"gaps shorter than {_length(policy.merge_gap)} are downtime")
    if policy.min_outage:
        sentences.append(f"outages shorter than {_length(policy.min_outage)} do not count")
    return "; ".join(sentences) or "none: every outage counts to its last microsecond"


def _open_alarms(policy: SLAPolicy) -> str:
    if policy.stale_after is None:
        sentence = "an alarm that is not cleared lasts to the present"
    else:
        sentence = f"an open alarm that is unseen for {_length(policy.stale_after)} ended when last seen"
    if policy.refreshed_every is not None:
        sentence += f"; the source touches open alarms every {_length(policy.refreshed_every)}"
    return f"{sentence}; one that is over without a time lasted at most {_length(policy.doubt_at_most)}"


def _accounting(accounting: Accounting) -> str:
    for named, sentence in _ACCOUNTING_SENTENCES:
        if named == accounting:
            return sentence
    return "by a rule of its own"


def _planned_work(policy: SLAPolicy) -> str:
    kinds = sorted(kind.value for kind in policy.accepted_maintenance)
    if not kinds:
        return "no maintenance is accepted"
    return "; ".join([f"{' and '.join(kinds)} maintenance is accepted", *_work_rules(policy.planned_work)])


def _work_rules(work: PlannedWork) -> Iterator[str]:
    """Yield the rules that work has to keep."""
    if work.notice is not None:
        unknown = "accepted" if work.without_notice == "accept" else "refused"
        yield f"announced at least {_length(work.notice)} before it starts (where that is not known: {unknown})"
    if work.hours is not None:
        yield f"only within {work.hours.canonical()}"
    if work.most_windows is not None:
        yield f"at most {work.most_windows} windows a {work.per.name}"
    if work.most_time is not None:
        yield f"at most {_length(work.most_time)} a {work.per.name}"
    if work.excuses == "caused":
        yield "an outage that was there when the work began is not excused"


def _unmonitored(agreement: Agreement) -> str:
    policy = agreement.policy
    if policy.unknown == "doubt":
        sentence = "is unknown: neither up nor down, and a doubt"
    else:
        sentence = f"is left out where at least {_percent(policy.minimum_coverage_ratio)} % of the time is observed"
    if agreement.monitored_since is not None:
        sentence += f"; nothing is known before {_moment_text(agreement.monitored_since)}"
    if agreement.monitor_gap is not None:
        sentence += f"; gaps shorter than {_length(agreement.monitor_gap)} are bridged"
    return sentence


def _row_clauses(settings: Settings) -> Iterator[Clause]:
    """Yield how rows of files are read, as far as the file says it."""
    rows = settings.rows
    for name, value in {**rows.options, **(rows.changes or {})}.items():
        yield Clause(name, _value_text(value))


def _table_clauses(settings: Settings) -> Iterator[Clause]:
    """Yield the names of tables and columns, as far as the file says them."""
    for name, names in settings.tables.items():
        yield Clause(f"table {name}", _value_text(names))


def _value_text(value: object) -> str:
    """Return a value for people: `ours = theirs, ...` of a mapping."""
    if isinstance(value, dict):
        return ", ".join(f"{key} = {_value_text(inner)}" for key, inner in value.items())
    if isinstance(value, tuple):
        return " or ".join(map(str, value))
    if isinstance(value, timedelta):
        return _length(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)
