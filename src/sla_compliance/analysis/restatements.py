"""Restatements: the statement that supersedes an earlier one of the same period."""
################################################################
# Facts and terms decide about restating. The facts are the digest of the input; the
# terms are the policy, target and accounting, and what was owed: service hours and
# time in service. Where all of these are those of the old statement, nothing is
# restated, whatever zone rules or version of this library measured last.
#
# What was owed is compared by the length of each scope on each day. Other zone rules
# move service hours by themselves, so it is compared under the same rules alone.
#
# Rows that a purge has taken leave unknown time behind; a statement is never restated
# from less than it was made from. Less unknown time is a fact: more was monitored.
################################################################

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from sla_compliance.analysis.statements import Statement, check_said, statement
from sla_compliance.checks import check_type
from sla_compliance.errors import InvalidValueError
from sla_compliance.labels import State
from sla_compliance.records import ComplianceRecord
from sla_compliance.report import ComplianceReport


def restate(
    old: Statement,
    report: ComplianceReport,
    *,
    record: ComplianceRecord | None = None,
    issued_at: dt.datetime,
    issued_by: str,
    reason: str,
) -> Statement:
    """Return the statement that supersedes an old one; the old one itself where facts and terms are those of it.

    Args:
        old: the last statement of the period.
        report: of the same period, by what is known now.
        record: as `statement`.
        issued_at, issued_by: as `statement`.
        reason: why the facts or the terms changed.

    Raises:
        InvalidValueError: the record is of another period; `reason` is blank; or time that the old statement knew is
            unknown now, since rows were purged. Others as `statement`.
    """
    check_type(old, Statement, "old", "a Statement")
    check_said(reason, "reason")
    record = report.checked_record(record)
    if (record.start_us, record.end_us) != (old.start_us, old.end_us):
        raise InvalidValueError(
            f"record is of {record.start.isoformat()} to {record.end.isoformat()}, and the old statement of another"
            " period; give the record of the same period",
            field="record",
        )
    new = statement(
        report,
        tenant=old.tenant,
        subject=old.subject,
        record=record,
        issued_at=issued_at,
        issued_by=issued_by,
        provisional=old.is_provisional,
    )
    if _is_of_the_same(old, new):
        return old
    if _unknown_us(new) > _unknown_us(old):
        raise InvalidValueError(
            "report leaves time unknown that the old statement knew, as after a purge; restate from all rows",
            field="report",
        )
    return replace(new, number=old.number + 1, supersedes=old.digest, reason=reason)


def _is_of_the_same(old: Statement, new: Statement) -> bool:
    """Return whether a statement is of the facts and terms of an old one."""
    if _facts_and_terms(new) != _facts_and_terms(old) or _unknown_us(new) < _unknown_us(old):
        return False
    return new.tz_version != old.tz_version or _owed_us(new) == _owed_us(old)


def _facts_and_terms(issued: Statement) -> tuple[object, ...]:
    figures = issued.figures
    terms = (issued.policy, figures["target_percentage"], figures["accounting"])
    return (issued.input_digest, issued.is_provisional, *terms)


def _owed_us(issued: Statement) -> dict[str, Mapping[str, int]]:
    """Return the length of each scope by local date, microseconds."""
    owed_us: dict[str, Mapping[str, int]] = {}
    for date, cells in issued.day_cells.items():
        scopes_us: Counter[str] = Counter()
        for name, length_us in cells.items():
            scope, _, _ = name.partition("/")
            scopes_us[scope] += length_us
        owed_us[date] = scopes_us
    return owed_us


def _unknown_us(issued: Statement) -> int:
    """Return how much time of a statement is unknown, in any scope."""
    suffix = f"/{State.UNKNOWN}"
    days = issued.day_cells.values()
    return sum(length for cells in days for name, length in cells.items() if name.endswith(suffix))
