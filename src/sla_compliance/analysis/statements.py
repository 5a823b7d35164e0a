"""Statements: what was declared of a period, when, by whom and from which facts; and what a later one changes."""
################################################################
# A statement is issued once a period is closed, is numbered from 1, and is never
# edited: a later one with the next number supersedes it and says why. So what was
# known at an instant is the last statement issued by then.
#
# It carries the cells of its days, its figures, and the canonical lines of what it
# was made from (canonical_input.py). Where there are more than MOST_LINES, it
# carries their digest alone. Its own digest is the SHA-256 of its canonical JSON.
################################################################

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from hashlib import sha256
from typing import Any, Final

from sla_compliance.analysis.shown_values import downtime_fact, first_facts
from sla_compliance.calendars.local_days import local_days
from sla_compliance.canonical_input import CORRECTION, input_digest
from sla_compliance.certainty import UNSEEN_AFTER
from sla_compliance.checks import bare_names, checked_text
from sla_compliance.drawing.preview import Preview, Previewed
from sla_compliance.errors import InvalidValueError, PeriodOpenError, shown
from sla_compliance.labels import CUSTOM
from sla_compliance.ledger import segments
from sla_compliance.measured import FactCode, closes_at_us
from sla_compliance.records import ComplianceRecord
from sla_compliance.report import ComplianceReport
from sla_compliance.units import MICROSECOND, instant_us, moment
from sla_compliance.verdicts import Verdict, verdict_text
from sla_compliance.zones import load_zone

MOST_LINES: Final = 100_000

Figure = str | int | bool | None
"""A figure of a statement in JSON types; shares are exact, as "numerator/denominator"."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Statement(Previewed):
    """What was declared of one period. All fields are JSON types, so a statement is stored as it is.

    Attributes:
        tenant: whose period it is.
        subject: of what, e.g. a resource or a contract; None: all of the tenant.
        zone: the tenant's zone, an IANA name.
        start_us, end_us: the period, microseconds.
        number: 1 for the first of a tenant, subject and period.
        issued_us: when it was issued, microseconds.
        issued_by: by whom.
        is_provisional: whether the period was not closed yet.
        policy: the policy's fingerprint.
        tz_version: the version of the zone rules.
        as_of_us: the instant of evaluation.
        figures: by name: the wire's figures, the exact availability, verdict, bounds, target and accounting.
        day_cells: by local date, the cells that are not empty, by "SCOPE/STATE", microseconds.
        corrections: what was corrected by hand, a sentence each.
        input_digest: of the canonical lines.
        lines: the canonical lines; None where there are more than MOST_LINES.
        supersedes: the digest of the statement before; None for the first.
        reason: why it was restated; None for the first.
    """

    tenant: str
    subject: str | None
    zone: str
    start_us: int
    end_us: int
    number: int
    issued_us: int
    issued_by: str
    is_provisional: bool
    policy: str
    tz_version: str
    as_of_us: int
    figures: Mapping[str, Figure]
    day_cells: Mapping[str, Mapping[str, int]]
    corrections: tuple[str, ...]
    input_digest: str
    lines: tuple[str, ...] | None
    supersedes: str | None
    reason: str | None

    @property
    def digest(self) -> str:
        """The SHA-256 of its canonical JSON, hexadecimal; the lines stand in it by their digest."""
        return sha256(self.canonical_json.encode()).hexdigest()

    @property
    def canonical_json(self) -> str:
        """Its fields but the lines as JSON: keys sorted, no blanks, ASCII."""
        return json.dumps(self.as_dict(), sort_keys=True, separators=(",", ":"))

    @property
    def title(self) -> str:
        """What it is called, with what a reader must not overlook."""
        first, last = min(self.day_cells), max(self.day_cells)
        provisional = ", provisional" if self.is_provisional else ""
        unconfirmed = "" if self.figures["is_confirmed"] else ", not confirmed"
        return f"Statement {self.number}, {first} to {last}{provisional}{unconfirmed}"

    def as_dict(self) -> dict[str, Any]:
        """Return its fields but the lines, in JSON types."""
        values = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "lines"}
        return {**values, "corrections": list(self.corrections)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], lines: Sequence[str] | None) -> Statement:
        """Return the statement that `as_dict` wrote.

        Raises:
            InvalidValueError: a field is missing or unknown.
        """
        names = {field.name for field in fields(cls)} - {"lines"}
        if values.keys() != names:
            odd_names = bare_names(sorted(values.keys() ^ names))
            raise InvalidValueError(f"statement lacks, or has besides its own, {odd_names}", field="statement")
        corrections = tuple(values["corrections"])
        return cls(**{**values, "corrections": corrections, "lines": None if lines is None else tuple(lines)})

    def explain(self) -> str:
        """Return the statement in words."""
        issued = moment(self.issued_us, load_zone(self.zone)).isoformat(timespec="seconds")
        figures = self.figures
        lines = [
            f"{self.title}: {figures['compliance_percentage']} % of {figures['target_percentage']} %,"
            f" {figures['verdict']}",
            f"issued {issued} by {self.issued_by}; digest {self.digest[:16]}",
        ]
        if self.supersedes is not None:
            lines.append(f"supersedes {self.supersedes[:16]}: {self.reason}")
        return "\n".join(lines)

    def _preview(self) -> Preview:
        figures = self.figures
        subject = "" if self.subject is None else f", {shown(self.subject)}"
        issued = moment(self.issued_us, load_zone(self.zone)).isoformat(timespec="seconds")
        corrections = [("correction", shown(sentence)) for sentence in self.corrections]
        restated = [] if self.supersedes is None else [("supersedes", f"{self.supersedes[:16]}: {shown(self.reason)}")]
        return Preview(
            heading=f"{self.title.removeprefix('Statement ')} of {shown(self.tenant)}{subject}",
            verdict=verdict_text(Verdict(str(figures["verdict"])), is_confirmed=bool(figures["is_confirmed"])),
            facts=[
                ("availability", f"{figures['compliance_percentage']} % of {figures['target_percentage']} %"),
                *downtime_fact("downtime", int(figures["downtime_us"] or 0)),
                ("issued", f"{issued} by {shown(self.issued_by)}"),
                ("policy", self.policy),
                ("input", self.input_digest[:16]),
                ("digest", self.digest[:16]),
                *restated,
                *first_facts(corrections),
            ],
        )


def statement(
    report: ComplianceReport,
    *,
    tenant: str,
    subject: str | None = None,
    record: ComplianceRecord | None = None,
    issued_at: dt.datetime,
    issued_by: str,
    provisional: bool = False,
) -> Statement:
    """Return the first statement of a report's window, or of one of its periods.

    Args:
        tenant: whose period it is.
        subject: of what; None: all of the tenant.
        record: one of the report's, under any target and accounting; by default that of the whole window.
        issued_at: aware; not before the instant of evaluation.
        issued_by: a person or a job.
        provisional: whether the period may not be closed yet; the statement says so.

    Raises:
        PeriodOpenError: the period is not closed; the message says when it will be.
        InvalidValueError: a text is blank, or it is issued before the instant of evaluation.
        InvalidTypeError, NaiveDatetimeError: an argument has the wrong type.
    """
    record = report.checked_record(record)
    final_us = closed_from_us(report, record)
    if not provisional:
        check_closed(final_us, report.as_of_us, report.zone, field="record")
    issued_us = instant_us(issued_at, field="issued_at")
    if issued_us < report.as_of_us:
        raise InvalidValueError(
            f"issued_at is {shown(issued_at)}, before the report's as_of; give a later instant", field="issued_at"
        )
    for name, text in (("tenant", tenant), ("issued_by", issued_by)):
        check_said(text, name)
    lines = report.canonical_input.lines(record.start_us, record.end_us)
    return Statement(
        tenant=tenant,
        subject=subject,
        zone=report.zone,
        start_us=record.start_us,
        end_us=record.end_us,
        number=1,
        issued_us=issued_us,
        issued_by=issued_by,
        is_provisional=report.as_of_us < final_us,
        policy=report.policy.fingerprint,
        tz_version=report.tz_version,
        as_of_us=report.as_of_us,
        figures=_figures(record),
        day_cells=_day_cells(record),
        corrections=tuple(_sentences_of_corrections(lines)),
        input_digest=input_digest(lines),
        lines=lines if len(lines) <= MOST_LINES else None,
        supersedes=None,
        reason=None,
    )


def closed_from_us(report: ComplianceReport, record: ComplianceRecord) -> int:
    """Return when nothing but a change of facts can alter a record any more, microseconds."""
    (facts,) = report.evidence.day_facts([(record.start_us, record.end_us)])
    may_become_doubtful = any(fact.code == FactCode.OPEN_UNSEEN for fact in facts)
    wait_us = UNSEEN_AFTER // MICROSECOND if may_become_doubtful else 0
    return closes_at_us(record.end_us, report.policy) + wait_us


def check_closed(final_us: int, as_of_us: int, zone: str, *, field: str) -> None:
    """Check that a period is closed.

    Args:
        final_us: when it is, microseconds.
        zone: in which the message says so.
        field: by what name the caller knows the period.

    Raises:
        PeriodOpenError: it is not.
    """
    if as_of_us < final_us:
        final = moment(final_us, load_zone(zone)).isoformat()
        message = f"{field} is of a period that is final on {final}; wait until then, or say provisional=True"
        raise PeriodOpenError(message, field=field, final_us=final_us)


def check_said(text: str, field: str) -> None:
    """Check that a text of a statement says something."""
    if not checked_text(text, field).strip():
        raise InvalidValueError(f"{field} is blank; a statement says who, of whom and why", field=field)


def _figures(record: ComplianceRecord) -> dict[str, Figure]:
    """Return the figures of a record, by name, in JSON types."""
    bounds = record.availability_bounds
    low, high = (None, None) if bounds is None else bounds
    accounting = record.accounting
    return {
        "compliance_percentage": record.compliance_text,
        "target_percentage": f"{record.target_percentage:.15g}",
        "availability": _ratio_text(record.availability_ratio),
        "low": _ratio_text(low),
        "high": _ratio_text(high),
        "uptime_us": record.uptime_us,
        "downtime_us": record.downtime_us,
        "sla_breaches": record.sla_breaches,
        "verdict": str(record.verdict),
        "is_confirmed": record.is_confirmed,
        "accounting": accounting.name if accounting.name != CUSTOM else repr(accounting),
    }


def _ratio_text(ratio: Fraction | None) -> str | None:
    return None if ratio is None else f"{ratio.numerator}/{ratio.denominator}"


def _day_cells(record: ComplianceRecord) -> dict[str, dict[str, int]]:
    """Return the cells of a record's local days that are not empty, by date and name."""
    dates = local_days(record.zone, record.start_us, record.end_us).dates
    return {
        date.isoformat(): {f"{scope}/{state}": length for (scope, state), length in segments(cells).items() if length}
        for date, cells in zip(dates, record.day_cells_us, strict=True)
    }


def _sentences_of_corrections(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        if line.startswith(f'["{CORRECTION}",'):
            yield json.loads(line)[1]
