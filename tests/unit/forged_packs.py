"""Evidence packs as files, and what a forger makes of them who does not compute everything again."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from sla_compliance.outlets._evidence.verify import verify

Files = dict[str, bytes]


def files_of(content: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(folder: Path, files: Mapping[str, bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def faults(path: Path, digest: str = "") -> list[str]:
    """Return the lines of the checks that do not hold."""
    return [line for holds, line in verify(path, digest) if not holds]


def forged(files: Files) -> Files:
    """Return files whose digests somebody computed again, of the statement too, who did not compute anything else."""
    document = json.loads(files["statement.json"])
    fields = {name: value for name, value in document.items() if name not in ("lines", "digest")}
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    document["digest"] = hashlib.sha256(canonical.encode()).hexdigest()
    files = {**files, "statement.json": json.dumps(document).encode()}
    names = [name for name in files if name != "digests.txt"]
    lines = [f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in names]
    return {**files, "digests.txt": "".join(lines).encode()}


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def text_of(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def relabelled(files: Files, change: Callable[[list[str]], list[str]]) -> Files:
    """Return a pack with a changed ledger, and days to match it."""
    header, *rows = table(files["ledger.csv"])
    document = json.loads(files["statement.json"])
    changed = [change(row) for row in rows]
    assert changed != rows
    ends = {row[1][:10] for row in rows if "T00:00:00" in row[1]}
    merged: list[list[str]] = []
    for row in changed:
        if merged and merged[-1][2:4] == row[2:4] and not (row[0][:10] in ends and "T00:00:00" in row[0]):
            length = str(int(merged[-1][4]) + int(row[4]))
            merged[-1] = [merged[-1][0], row[1], *row[2:4], length]
        else:
            merged.append(row)
    days: dict[str, dict[str, int]] = {}
    for row in merged:
        cells = days.setdefault(row[0][:10], {})
        cells[f"{row[2]}/{row[3]}"] = cells.get(f"{row[2]}/{row[3]}", 0) + int(row[4])
    altered = {**document, "day_cells": days}
    return forged({**files, "ledger.csv": text_of([header, *merged]), "statement.json": json.dumps(altered).encode()})
