"""Targets whose input is what a cache, a store or an archive gives back: days, statements, evidence packs."""

from __future__ import annotations

import atexit
import csv
import datetime as dt
import hashlib
import json
import shutil
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

import sla_compliance as sla
from sla_compliance.analysis import Statement, difference, statement
from sla_compliance.analysis.statement_documents import document_of, statement_of
from sla_compliance.cache.entries import Entry, day_key, decode_entry, encode_entry
from sla_compliance.cache.seals import CHECKSUM
from sla_compliance.canonical_input import input_digest
from sla_compliance.measured import DayKey, MeasuredDay
from sla_compliance.outlets._evidence.verify import MOST_PACK_BYTES, PACK_FILES, verify
from sla_compliance.outlets.evidence_pack import evidence_pack
from sla_compliance.stores._day_rows import cells_of_trail, stored_day
from tests.fuzz.target import Target, documented_errors_only
from tests.fuzz.text_targets import START
from tests.unit.forged_packs import Files, files_of, forged

KEY: Final = DayKey("acme", "m", "a", "UTC", START.date())
ENDS: Final = START + dt.timedelta(days=1)


@cache
def _report() -> sla.ComplianceReport:
    alarms = [
        sla.Alarm(
            START + dt.timedelta(hours=hour), START + dt.timedelta(hours=hour + 1), id=str(hour), resource_id="r1"
        )
        for hour in (3, 8, 15)
    ]
    window = sla.MaintenanceWindow(START + dt.timedelta(hours=8), START + dt.timedelta(hours=9))
    return sla.evaluate(alarms, start=START, end=ENDS, zone="UTC", as_of=ENDS, maintenance=[window])


@cache
def _statement() -> Statement:
    return statement(_report(), tenant="acme", issued_by="ana", issued_at=ENDS, provisional=True)


@cache
def _day() -> MeasuredDay:
    record = _report().total
    return MeasuredDay(
        date=KEY.date,
        start_us=record.start_us,
        end_us=record.end_us,
        cells_us=record.cells_us,
        optimistic_cells_us=None,
        pessimistic_cells_us=None,
        facts=(),
        rows_read=3,
        rules_version=1,
        as_of_us=record.end_us,
        tz_version="2026a",
    )


def check_cache_entry(data: bytes) -> None:
    """Sealed bytes are no entry, or one that adds up and is the same when it is written and read again."""
    assert decode_entry(data, KEY) is None or data[16:17] == b"{"
    entry = decode_entry(CHECKSUM.sealed(day_key(KEY), data), KEY)
    if entry is not None:
        assert sum(entry.day.cells_us) == entry.day.end_us - entry.day.start_us
        assert decode_entry(encode_entry(entry, KEY), KEY) == entry


def check_stored_day(data: bytes) -> None:
    """A row of the table of days is a day, one whose content cannot be read, or none."""
    values = _json_of(data)
    if not isinstance(values, dict):
        return
    cells_of_trail(data.decode("utf-8", "replace"))
    row: dict[str, Any] = {**_day_row(), **values}
    stored = stored_day(KEY, row)
    assert stored is None or stored.day.date == KEY.date


def _day_row() -> dict[str, Any]:
    day = _day()
    numbers = {name: getattr(day, name) for name in ("start_us", "end_us", "rows_read", "rules_version", "as_of_us")}
    cells = json.dumps(day.cells_us)
    readings = {"cells_us": cells, "optimistic_cells_us": None, "pessimistic_cells_us": cells}
    counts = {"written_us": day.end_us, "changes_applied": 0, "changes_reported": 0}
    return {**numbers, **readings, **counts, "facts": "[]", "tz_version": "2026a"}


def check_statement(data: bytes) -> None:
    """A document whose digests somebody computed again is refused, or is a statement that can be shown and compared."""
    document = _json_of(data)
    with documented_errors_only():
        statement_of(document)
    if not isinstance(document, dict):
        return
    changed = {**document_of(_statement()), **document}
    lines = changed["lines"]
    if isinstance(lines, list) and all(isinstance(line, str) for line in lines):
        changed["input_digest"] = input_digest(lines)
    fields = {name: value for name, value in changed.items() if name not in ("lines", "digest")}
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    changed["digest"] = hashlib.sha256(canonical.encode()).hexdigest()
    with documented_errors_only():
        issued = statement_of(changed)
        assert issued.explain()
        assert repr(issued)
        assert issued._repr_html_()
        assert difference(issued, issued).days == ()
        is_of_same_period = (issued.start_us, issued.end_us) == (_statement().start_us, _statement().end_us)
        if is_of_same_period and (issued.tenant, issued.subject) == ("acme", None):
            assert repr(difference(_statement(), issued))


def _json_of(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


@cache
def _pack_files() -> Files:
    return files_of(evidence_pack(_report(), tenant="acme", issued_by="ana", provisional=True))


@cache
def _folder() -> Path:
    """Return a folder of this process, which goes with it."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def check_evidence_pack(data: bytes) -> None:
    """The first byte says which file of a pack the others replace, past the files they are the zip; it only fails."""
    first = data[0] if data else 0
    folder = _folder()
    if first < len(PACK_FILES):
        files = {**_pack_files(), PACK_FILES[first]: data[1:]}
        with suppress(ValueError, RecursionError, AttributeError, TypeError):  # of a statement that is no object
            files = forged(files)
        for name, content in files.items():
            (folder / name).write_bytes(content)
        path = folder
    else:
        path = folder.with_suffix(".zip")
        path.write_bytes(data[1:])
    csv.field_size_limit(MOST_PACK_BYTES)
    for holds, line in verify(path):
        assert isinstance(holds, bool)
        line.encode("ascii")
        assert len(line) < 2_000
    if path is not folder:
        path.unlink()


def _pack_seeds() -> tuple[bytes, ...]:
    files = _pack_files()
    whole = evidence_pack(_report(), tenant="acme", issued_by="ana", provisional=True)
    texts = [bytes([index]) + files[name] for index, name in enumerate(PACK_FILES) if name != "verify.py"]
    return (*texts, b"\xff" + whole[:3_000] + whole[-900:])


def _day_seeds() -> tuple[bytes, ...]:
    written = encode_entry(Entry(_day(), 0, b"token"), KEY)[16:]
    return (written, b"{}", b"[1, 2]", written.replace(b"null", b"[0, 0]"))


_WORDS: Final = """
    {" ": null true 1e999 -1 999999999999999999999999999999 \\ud800 [ ] , 0.5 "start_us" "end_us" "cells_us" "facts"
    "as_of_us" "zone" "figures" "day_cells" "issued_us" "number" "lines" AGREED/UP EXCUSED_OTHER
    2025-10-20T00:00:00+00:00 0001-01-01 PK\5\6
"""

TARGETS: Final = (
    Target(
        name="cache_entries",
        check=check_cache_entry,
        seeds=_day_seeds(),
        words=tuple(_WORDS.split()),
        longest_bytes=2_000,
    ),
    Target(
        name="stored_days",
        check=check_stored_day,
        seeds=(json.dumps(_day_row()).encode(), b'{"facts": "[1]"}', b'{"cells_us": "[[]]"}', b'{"end_us": 1e99}'),
        words=tuple(_WORDS.split()),
        longest_bytes=2_000,
    ),
    Target(
        name="statements",
        check=check_statement,
        seeds=(
            json.dumps({**document_of(_statement()), "lines": None}).encode(),
            b'{"issued_us": 99999999999999999999}',
            b'{"zone": "../UTC"}',
            b'{"figures": {"verdict": 1}}',
            b'{"day_cells": {"x": {"y": "z"}}}',
            rb'{"lines": ["[\"row\",{}]", "[\"row\",null]", "["]}',
            b'{"figures": {"patience": 1}}',
        ),
        words=tuple(_WORDS.split()),
        longest_bytes=3_000,
    ),
    Target(
        name="evidence_packs",
        check=check_evidence_pack,
        seeds=_pack_seeds(),
        words=tuple(_WORDS.split()),
        longest_bytes=4_000,
    ),
)
