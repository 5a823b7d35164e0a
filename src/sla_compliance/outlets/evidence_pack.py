"""Evidence packs: a statement with the rows, the ledger and the terms that it follows from, as one zip."""
################################################################
# The pack holds the statement and, in files of their own, what its digest of the
# input is of: rows, windows and corrections; the ledger of its period; and the terms.
# `verify.py` (_evidence/verify.py) stands in every pack and computes the figures again
# from these files. It needs nothing but Python, and cannot look up local days.
#
# Cells: an instant is ISO 8601 in the tenant's zone, a missing value is empty. A text
# that is empty, that a spreadsheet would compute, that begins with an apostrophe or
# that has characters that cannot be seen is an apostrophe and the text as JSON. So each
# cell is read back exactly, and each row is one line.
#
# The ledger is cut where its cell changes and where a local day ends, nowhere else.
#
# The same inputs and version give the same bytes: files are not compressed and have one
# time.
################################################################

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

from sla_compliance.analysis.statement_documents import document_of
from sla_compliance.analysis.statements import Statement
from sla_compliance.analysis.statements import statement as first_statement
from sla_compliance.calendars.local_days import local_days
from sla_compliance.canonical_input import CORRECTION, ROW
from sla_compliance.errors import InvalidValueError
from sla_compliance.intervals import IntervalSet
from sla_compliance.outlets._evidence import verify
from sla_compliance.outlets.csv import FORMULA_STARTS
from sla_compliance.records import ComplianceRecord
from sla_compliance.report import ComplianceReport
from sla_compliance.units import MAX_US, MIN_US, moment
from sla_compliance.version import __version__
from sla_compliance.zones import load_zone

_FILE_TIME: Final = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say
_UNIX: Final = 3
_READABLE_BY_ALL: Final = 0o644 << 16
# Figures that depend on when a report was evaluated, although nothing that is known has changed.
_FIGURES_OF_DOUBT: Final = frozenset({"low", "high", "is_confirmed"})


def evidence_pack(
    report: ComplianceReport,
    *,
    statement: Statement | None = None,
    record: ComplianceRecord | None = None,
    tenant: str = "",
    subject: str | None = None,
    issued_at: dt.datetime | None = None,
    issued_by: str = "",
    provisional: bool = False,
) -> bytes:
    """Return a zip from which anyone can compute the figures of a statement again.

    Args:
        report: of the facts that the statement was made from.
        statement: of the report's window, or of `record`; None: the first one is made, as `analysis.statement` does.
        record: one of the report's; by default that of the whole window.
        tenant, subject, issued_at, issued_by, provisional: of the statement that is made. `issued_at` is by default the
            instant of evaluation.

    Raises:
        InvalidValueError: the report does not have the rows, days and figures of the statement, or the pack would be
            larger than `verify.py` reads (256 MiB). Others as `analysis.statement`.

    Cost: a line for each row of the period, each piece of its ledger, and each window.
    """
    record = report.checked_record(record)
    expected = first_statement(
        report,
        tenant=tenant if statement is None else statement.tenant,
        subject=subject,
        record=record,
        issued_at=moment(report.as_of_us) if issued_at is None else issued_at,
        issued_by=issued_by if statement is None else statement.issued_by,
        provisional=provisional or statement is not None,
    )
    if statement is None:
        statement = expected
    else:
        _check_same_facts(statement, expected)
    lines = expected.lines
    if lines is None:  # more than a statement carries
        lines = report.canonical_input.lines(record.start_us, record.end_us)
    contents = _contents(report, record, statement, lines)
    if sum(map(len, contents.values())) > verify.MOST_PACK_BYTES:
        raise InvalidValueError(
            "report has more rows than an evidence pack holds (256 MiB); give the record of a shorter period",
            field="report",
        )
    return _zipped(contents)


def _check_same_facts(statement: Statement, expected: Statement) -> None:
    """Check that a report has the facts of a statement; `expected` is what the report would state."""
    for name in ("start_us", "end_us", "zone", "policy", "input_digest", "day_cells", "figures"):
        stated, measured = getattr(statement, name), getattr(expected, name)
        if name == "figures":
            stated, measured = (
                {figure: value for figure, value in figures.items() if figure not in _FIGURES_OF_DOUBT}
                for figures in (stated, measured)
            )
        if stated != measured:
            as_of = moment(statement.as_of_us, load_zone(statement.zone)).isoformat()
            raise InvalidValueError(
                f"statement has another {name} than the report; evaluate the rows that it was made from,"
                f" as of {as_of}, or restate it",
                field="statement",
            )


def _contents(
    report: ComplianceReport, record: ComplianceRecord, statement: Statement, canonical_lines: Iterable[str]
) -> dict[str, bytes]:
    """Return the files of a pack by name, in their order."""
    zone = report.zone
    lines = list(map(json.loads, canonical_lines))
    rows = sorted((line for line in lines if line[0] == ROW), key=lambda line: line[2])
    corrections = [line[1:] for line in lines if line[0] == CORRECTION]
    windows = [line for line in lines if line[0] not in (ROW, CORRECTION)]
    columns = sorted(rows[0][5]) if rows else []
    texts = {
        "README.txt": _packaged("README.txt").replace("{version}", __version__),
        "statement.json": _json({**document_of(statement), "lines": None}),
        "policy.json": _json(_policy(report, record)),
        "rows.csv": _csv(["id", "start", "end", "severity", *columns], (_row_cells(row, zone) for row in rows)),
        "windows.csv": _csv(_WINDOW_COLUMNS, (_window_cells(window, zone) for window in windows)),
        "corrections.csv": _csv(["correction"], corrections),
        "ledger.csv": _csv(_LEDGER_COLUMNS, _ledger_cells(report, record)),
        "verify.py": _packaged("verify.py"),
    }
    contents = {name: text.encode() for name, text in texts.items()}
    digests = [f"{sha256(content).hexdigest()}  {name}\n" for name, content in contents.items()]
    return {**contents, "digests.txt": "".join(digests).encode()}


_WINDOW_COLUMNS: Final = ("kind", "start", "end", "applies_to", "with_children")
_LEDGER_COLUMNS: Final = ("start", "end", "scope", "state", "microseconds")


def _policy(report: ComplianceReport, record: ComplianceRecord) -> dict[str, object]:
    """Return the terms: rules, target, accounting, and when service was owed and watched."""
    contract = report.contract
    times = {
        "in_service": contract.in_service,
        "service_hours": contract.service_hours,
        "monitored": contract.monitored,
    }
    return {
        "rules": report.policy.canonical,
        "target": str(record.target_ratio),
        "accounting": record.accounting.as_dict(),
        "monitor_gap_us": report.measurement.settled_rule.monitor_gap_us,
        **{name: _stretches(part.clip(record.start_us, record.end_us), report.zone) for name, part in times.items()},
    }


def _stretches(times: IntervalSet, zone: str) -> list[list[str]]:
    return [[_instant(start_us, zone), _instant(end_us, zone)] for start_us, end_us in times]


def _row_cells(line: Sequence[Any], zone: str) -> list[str | None]:
    _, row_id, start_us, end_us, severity, columns = line
    end = None if end_us is None else _instant(end_us, zone)
    return [row_id, _instant(start_us, zone), end, severity, *(columns[name] for name in sorted(columns))]


def _window_cells(line: Sequence[Any], zone: str) -> list[str | None]:
    kind, start_us, end_us, targets, with_children = line
    applies_to = None if targets is None else json.dumps(targets)
    return [kind, _instant(start_us, zone), _instant(end_us, zone), applies_to, json.dumps(with_children)]


def _ledger_cells(report: ComplianceReport, record: ComplianceRecord) -> Iterator[list[str | None]]:
    """Yield the pieces of a record's ledger, cut where its cell changes and where a local day ends."""
    if record.start_us == record.end_us:
        return
    zone = report.zone
    day_ends_us = set(local_days(zone, record.start_us, record.end_us).bounds_us)
    ledger = replace(report.ledger, frame=report.ledger.frame.part(record.start_us, record.end_us))
    pieces: list[list[Any]] = []
    for start_us, end_us, scope, state in ledger.timeline():
        if pieces and pieces[-1][2:] == [scope, state] and start_us not in day_ends_us:
            pieces[-1][1] = end_us
        else:
            pieces.append([start_us, end_us, scope, state])
    for start_us, end_us, scope, state in pieces:
        yield [_instant(start_us, zone), _instant(end_us, zone), scope, state, str(end_us - start_us)]


def _instant(value_us: int, zone: str) -> str:
    """Return an instant in a zone; beyond the calendar its microseconds."""
    return moment(value_us, load_zone(zone)).isoformat() if MIN_US <= value_us <= MAX_US else str(value_us)


def _csv(header: Sequence[str], rows: Iterable[Sequence[str | None]]) -> str:
    # Spreadsheets take a file for UTF-8 where it begins with this mark.
    text = io.StringIO("\ufeff")
    text.seek(1)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(_cell, header))
    writer.writerows(map(_cell, row) for row in rows)
    return text.getvalue()


def _cell(value: str | None) -> str:
    """Return a text as a cell from which it can be read back."""
    if value is None:
        return ""
    is_plain = value != "" and value.isprintable() and not value.startswith(("'", *FORMULA_STARTS))
    return value if is_plain else f"'{json.dumps(value)}"


def _json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"


def _packaged(name: str) -> str:
    return (files("sla_compliance.outlets._evidence") / name).read_text(encoding="utf-8")


def _zipped(contents: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, content in contents.items():
            entry = zipfile.ZipInfo(name, _FILE_TIME)
            entry.create_system = _UNIX
            entry.external_attr = _READABLE_BY_ALL
            archive.writestr(entry, content)
    return stream.getvalue()
