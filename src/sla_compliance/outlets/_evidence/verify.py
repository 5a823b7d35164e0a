"""Verify an evidence pack: python verify.py [PACK.zip, or its folder] [digest of the statement]."""
################################################################
# Needs Python 3.8 or later, and nothing else. It computes again
#   - the digests of the files, of the statement and of what it was made from;
#   - from rows, windows and terms: what was owed and what was the case at each instant;
#   - from these: the cells of each day, the figures and the verdict.
# It takes from the pack what it cannot compute: that rows are true; where local days,
# service hours and monitoring begin and end; which alarms are children of others; which
# gaps that were merged are excused; that unmonitored stretches shorter than
# `monitor_gap_us` are as the time around them; `low`, `high` and `is_confirmed`.
#
# Spans are lists of (start, end), half-open, microseconds since 1970, ascending and apart.
################################################################

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import sys
import zipfile
from collections import Counter
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from math import inf
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, List, Tuple

PACK_FILES = ["README.txt", "statement.json", "policy.json", "rows.csv", "windows.csv", "corrections.csv", "ledger.csv"]
PACK_FILES += ["verify.py", "digests.txt"]
MOST_PACK_BYTES = 1 << 28  # of a pack, zipped and not
MOST_DIRECTORY_BYTES = 1 << 16  # of the list of files at the end of a zip
UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
EXCUSED_STATES = ("EXCUSED_MAINTENANCE", "EXCUSED_OTHER")
Spans = List[Tuple[int, int]]
Cells = Dict[str, int]


class PackError(Exception):
    """A pack is none, or does not hold what it says."""


def require(holds: object, fault: str) -> None:
    """Raise a PackError where something does not hold."""
    if not holds:
        raise PackError(fault)


def read_files(path: Path) -> dict[str, bytes]:
    """Return the files of a pack by name. No other file is opened, and nothing is unpacked."""
    path = path.resolve()
    paths = sorted(path.iterdir()) if path.is_dir() else [path]
    require(all(file.is_file() and file.resolve() == file for file in paths), "no such file, or it is no plain one")
    require(sum(file.stat().st_size for file in paths) <= MOST_PACK_BYTES, "it is too large")
    if path.is_dir():
        check_names([file.name for file in paths])
        return {file.name: file.read_bytes() for file in paths}
    with path.open("rb") as stream:
        # The last record of a zip has the length of its list of files, which zipfile reads whole.
        stream.seek(max(0, path.stat().st_size - 42))
        last = stream.read()
        is_zip = last[20:24] == b"PK\5\6" and last[:4] != b"PK\6\7"
        require(is_zip and int.from_bytes(last[32:36], "little") <= MOST_DIRECTORY_BYTES, "it is no zip of a pack")
        with zipfile.ZipFile(stream) as archive:
            check_names(archive.namelist())
            unpacked_bytes = sum(entry.file_size for entry in archive.infolist())
            require(unpacked_bytes <= MOST_PACK_BYTES, "it is too large when unpacked")
            return {name: archive.read(name) for name in PACK_FILES}


def check_names(names: list[str]) -> None:
    """Check that these are the files of a pack, each once."""
    odd_names = (Counter(names) - Counter(PACK_FILES)) + (Counter(PACK_FILES) - Counter(names))
    require(not odd_names, f"it lacks, or has besides those of a pack, {ascii(sorted(odd_names)):.200}")


def read_json(data: bytes) -> dict[str, Any]:
    """Return an object of JSON; a number that is not whole becomes a text, which no check takes for a number."""
    return dict(json.loads(data.decode(), object_pairs_hook=distinct, parse_float=str, parse_constant=str))


def distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON that has each name once."""
    require(len(dict(pairs)) == len(pairs), "JSON has a name twice")
    return dict(pairs)


def read_table(data: bytes, *columns: str) -> list[list[Any]]:
    """Return the header and the lines of a CSV; an empty cell is None, behind an apostrophe stands a text as JSON."""
    lines: list[list[Any]] = []
    for cells in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True):
        lines.append([json.loads(cell[1:]) if cell[:1] == "'" else cell or None for cell in cells])
        require(len(cells) == len(lines[0]), "CSV has a line that is longer or shorter than its header")
    require(lines and lines[0][: len(columns)] == list(columns), f"CSV has not the columns {', '.join(columns)}")
    return lines


def instant(text: str) -> int:
    """Return the microseconds of an instant: ISO 8601 with an offset or, beyond the calendar, a whole number."""
    if re.fullmatch(r"-?[0-9]{1,19}", text):
        return int(text)
    moment = datetime.fromisoformat(text)
    require(moment.tzinfo, f"{ascii(text):.80} has no offset from UTC")
    return (moment - UNIX_EPOCH) // timedelta(microseconds=1)


def share(text: str) -> Fraction:
    """Return an exact share."""
    require(re.fullmatch(r"[0-9]{1,450}(/[1-9][0-9]{0,450})?", text), f"{ascii(text):.80} is no share")
    return Fraction(text)


def union(spans: Iterable[Any], largest_gap: int = 0) -> Spans:
    """Return the instants of any of some spans, in whatever order they come, and of gaps up to a length."""
    merged: Spans = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start - merged[-1][1] <= largest_gap:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def both(left: Spans, right: Spans) -> Spans:
    """Return the instants of `left` and of `right`."""
    pieces, at_left, at_right = [], 0, 0
    while at_left < len(left) and at_right < len(right):
        (start, end), (other_start, other_end) = left[at_left], right[at_right]
        pieces.append((max(start, other_start), min(end, other_end)))
        at_left, at_right = (at_left + 1, at_right) if end < other_end else (at_left, at_right + 1)
    return [piece for piece in pieces if piece[0] < piece[1]]


def minus(spans: Spans, holes: Spans) -> Spans:
    """Return the instants of `spans` and not of `holes`: those before, between and after the holes."""
    edges: List[Any] = [-inf, *(edge for hole in holes for edge in hole), inf]
    return both(spans, list(zip(edges[::2], edges[1::2])))


def judged(cells: Cells, counts: dict[str, str], target: Fraction) -> tuple[int, int, str]:
    """Return the time that counts up, that counts down, and the verdict on some cells."""
    up, down = (sum(us for cell, us in cells.items() if counts.get(cell) == count) for count in ("UP", "DOWN"))
    if not up + down or up >= target * (up + down):
        return up, down, "MET" if up + down else "UNDETERMINED"
    best: Cells = Counter()  # what has not come yet may turn out to be up
    for cell, us in cells.items():
        best[cell.replace("/NOT_YET", "/UP")] += us
    is_recoverable = best != cells and judged(best, counts, target)[2] == "MET"
    return up, down, "AT_RISK" if is_recoverable else "BREACHED"


def is_match(columns: dict[str, str], targets: list[Any]) -> bool:
    """Return whether an alarm has the values of any of some targets."""
    return any([columns.get(name) for name in names] in values for names, values in targets)


class Pack:
    """A pack and its checks; each returns what it has shown, or raises."""

    def __init__(self, path: Path, digest: str) -> None:
        self.path, self.known_digest = path, digest

    def read(self) -> str:
        """Read the files."""
        self.files = files = read_files(self.path)
        self.statement, self.policy = read_json(files["statement.json"]), read_json(files["policy.json"])
        self.figures, self.rules = self.statement["figures"], self.policy["rules"]
        self.start, self.end, self.as_of = (self.statement[name] for name in ("start_us", "end_us", "as_of_us"))
        self.period = union([(self.start, self.end)])
        self.days: list[Cells] = [cells for _, cells in sorted(self.statement["day_cells"].items())]
        self.rows, self.lines, self.ledger = [], [], []
        header, *table = read_table(files["rows.csv"], "id", "start", "end", "severity")
        for row_id, start, end, severity, *values in table:
            columns = {name: values[place] for place, name in enumerate(header[4:])}
            start_us, end_us = instant(start), None if end is None else instant(end)
            self.lines.append(["row", row_id, start_us, end_us, severity, columns])
            self.rows.append((start_us, self.as_of if end_us is None else min(end_us, self.as_of), columns))
        _, *table = read_table(files["windows.csv"], "kind", "start", "end", "applies_to", "with_children")
        self.windows = [
            (kind, instant(start), instant(end), targets and json.loads(targets), json.loads(with_children))
            for kind, start, end, targets, with_children in table
        ]
        self.corrections = [sentence for (sentence,) in read_table(files["corrections.csv"], "correction")[1:]]
        self.lines += [*map(list, self.windows), *(["correction", sentence] for sentence in self.corrections)]
        _, *table = read_table(files["ledger.csv"], "start", "end", "scope", "state", "microseconds")
        for start, end, scope, state, length in table:
            self.ledger.append((instant(start), instant(end), scope, state))
            length_us = self.ledger[-1][1] - self.ledger[-1][0]
            require(length == str(length_us), "ledger.csv has a length that is not end - start")
        return ", ".join(PACK_FILES)

    def states(self, *names: str) -> Spans:
        """Return when the ledger has one of some states."""
        return union(piece[:2] for piece in self.ledger if piece[3] in names)

    def agreed(self, name: str) -> Spans:
        """Return the time of the period that the terms have under a name."""
        return both(self.period, union((instant(start), instant(end)) for start, end in self.policy[name]))

    def check_digests(self) -> str:
        """Check that the files have the digests of digests.txt."""
        *lines, last = self.files["digests.txt"].decode().split("\n")
        require(len(lines) == len(PACK_FILES) - 1 and not last, "digests.txt lists more or fewer files")
        for name, line in zip(PACK_FILES, lines):
            digest = hashlib.sha256(self.files[name]).hexdigest()
            require(line == f"{digest}  {name}", f"{name} has another digest than digests.txt says")
        return f"of {len(lines)} files, as digests.txt says"

    def check_statement(self) -> str:
        """Check that the statement is as it was issued, and was made from these rows, windows and terms."""
        fields = {name: value for name, value in self.statement.items() if name not in ("lines", "digest")}
        canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        require(digest == self.statement["digest"], "its digest is of other content")
        require(digest.startswith(self.known_digest.lower()), f"its digest is {digest}, and not the given one")
        lines = sorted(json.dumps(line, separators=(",", ":"), sort_keys=True) for line in self.lines)
        input_digest = hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest()
        require(input_digest == self.statement["input_digest"], "it was made from other rows, windows or corrections")
        require(sorted(self.corrections) == sorted(self.statement["corrections"]), "it names other corrections")
        fingerprint = hashlib.sha256(json.dumps(self.rules, sort_keys=True).encode()).hexdigest()[:16]
        require(fingerprint == self.statement["policy"], "it was made by other rules than those of policy.json")
        target = f"{float(share(self.policy['target']) * 100):.15g}"
        require(target == self.figures["target_percentage"], "its target is another one than that of policy.json")
        number, tenant, issuer = (ascii(self.statement[name])[:80] for name in ("number", "tenant", "issued_by"))
        counts = f"{len(self.rows)} rows, {len(self.windows)} windows, {len(self.corrections)} corrections"
        return f"number {number} of {tenant}, issued by {issuer}, digest {digest}, of {counts}"

    def check_ledger(self) -> str:
        """Check that the ledger shares out the period and each of its days, which have the stated cells."""
        at = day_end = self.start
        before, days = ("", ""), iter(self.days)
        left: Cells = Counter()
        for start, end, scope, state in self.ledger:
            require(start == at < end, f"it has a gap or an overlap at {at}")
            if at == day_end:
                require(not any(left.values()), "a day has other cells than the statement")
                before, left = ("", ""), Counter(next(days, {}))
                require(left and all(type(us) is int and us > 0 for us in left.values()), "a day has no length")
                day_end += sum(left.values())
            require(end <= day_end and before != (scope, state), "it is cut elsewhere than where days or cells change")
            left[f"{scope}/{state}"] -= end - start
            at, before = end, (scope, state)
        require(at == day_end == self.end and not any([*left.values(), *days]), "it is not of the stated days")
        first, last = (ascii(pick(self.statement["day_cells"], default=""))[1:-1] for pick in (min, max))
        return f"{len(self.ledger)} pieces share out the {len(self.days)} days, {first} to {last}"

    def check_owed(self) -> str:
        """Check that scopes follow from service, hours and the windows of everybody: the first that applies wins."""
        everybody = [window for window in self.windows if window[3] is None]
        owed = {
            "NOT_IN_SERVICE": minus(self.period, self.agreed("in_service")),
            "OUT_OF_HOURS": minus(self.period, self.agreed("service_hours")),
            "MAINTENANCE": union(window[1:3] for window in everybody if window[0] == "maintenance"),
            "EXCLUDED": union(window[1:3] for window in everybody if window[0] == "exclusion"),
            "AGREED": self.period,
        }
        left = self.period
        for scope, time in owed.items():
            recorded = union(piece[:2] for piece in self.ledger if piece[2] == scope)
            require(recorded == both(left, time), f"{scope} is not when hours and windows say")
            left = minus(left, time)
        return "scopes follow from service, hours and windows"

    def check_states(self) -> str:
        """Check that states follow from rows, monitoring and the windows of some alarms."""
        past = both(self.period, union([(self.start, self.as_of)]))
        # Shorter gaps than merge_gap are down too; then what is shorter than min_outage is not.
        outages = union((row[:2] for row in self.rows), max(0, self.rules["merge_gap_us"] - 1))
        outages = both(past, [span for span in outages if span[1] - span[0] >= self.rules["min_outage_us"]])
        down, unknown = self.states("DOWN", *EXCUSED_STATES), self.states("UNKNOWN")
        unseen = minus(minus(past, self.agreed("monitored")), outages)
        bridged = minus(unseen, unknown)
        require(self.states("NOT_YET") == minus(self.period, past), "NOT_YET is not what lies after as_of")
        require(self.states("UP") == minus(minus(past, down), unknown), "UP is not all other time")
        require(not minus(unknown, unseen), "time is UNKNOWN that was monitored")
        require(all(end - start < self.policy["monitor_gap_us"] for start, end in bridged), "unmonitored time is known")
        require(not minus(outages, down), "a row is down where the ledger is not")
        require(not minus(minus(down, outages), bridged), "the ledger is down where no row is")
        active = both(outages, union(row[:2] for row in self.rows))
        with_children = any(window[4] for window in self.windows)
        for states, most in zip((EXCUSED_STATES, EXCUSED_STATES[:1]), self.excused()):
            recorded, excused = both(active, self.states(*states)), both(active, most)
            is_right = not minus(recorded, excused) if with_children else recorded == excused
            require(is_right, f"{' and '.join(states)} are not when windows excuse alarms")
        return f"{sum(end - start for start, end in down) / 6e7:.2f} min are down or excused, as rows and windows say"

    def excused(self) -> tuple[Spans, Spans]:
        """Return when each active alarm is in a window, and when in maintenance; one with children may be of any."""
        uncovered, in_work = [], []
        targeted = [window for window in self.windows if window[3] is not None]
        spans_by_columns: dict[tuple[Any, ...], Spans] = {}
        for start, end, columns in self.rows:
            spans_by_columns.setdefault(tuple(columns.items()), []).append((start, end))
        for values, spans in spans_by_columns.items():
            windows = [window for window in targeted if window[4] or is_match(dict(values), window[3])]
            uncovered += minus(union(spans), union(window[1:3] for window in windows))
            in_work += both(union(spans), union(window[1:3] for window in windows if window[0] == "maintenance"))
        excused = minus(union(row[:2] for row in self.rows), union(uncovered))
        return excused, both(excused, union(in_work))

    def check_figures(self) -> str:
        """Check the figures and the verdict."""
        target, counts = share(self.policy["target"]), self.policy["accounting"]
        cells: Cells = sum(map(Counter, self.days), Counter())
        up, down, verdict = judged(cells, counts, target)
        breaches = sum(judged(day, counts, target)[2] == "BREACHED" for day in self.days)
        figures = {"uptime_us": up, "downtime_us": down, "verdict": verdict, "sla_breaches": breaches}
        figures.update({"availability": None, "compliance_percentage": None})
        if up + down:
            ratio = Fraction(up, up + down)
            low, high = share(self.figures["low"]), share(self.figures["high"])
            require(low <= ratio <= high, "the availability is not between low and high")
            # Rounded down, with the decimals of the target, at least 2 and at most 9.
            places = next(places for places in range(2, 10) if places == 9 or target * 10 ** (places + 2) % 1 == 0)
            whole, part = divmod(ratio.numerator * 10 ** (places + 2) // ratio.denominator, 10**places)
            figures["availability"] = f"{ratio.numerator}/{ratio.denominator}"
            figures["compliance_percentage"] = f"{whole}.{part:0{places}}"
        for name, figure in figures.items():
            stated = self.figures[name]
            require(stated == figure and type(stated) is type(figure), f"{name} is {figure}, not {ascii(stated):.80}")
        return f"availability {figures['compliance_percentage']} %, {down / 6e7:.2f} min down, {verdict}"


def verify(path: Path, digest: str = "") -> Iterator[tuple[bool, str]]:
    """Yield for each check whether it holds, and a line on it; `digest` is what is known of the statement's."""
    pack = Pack(path, digest)
    checks = [pack.read, pack.check_digests, pack.check_statement, pack.check_ledger]
    for check in [*checks, pack.check_owed, pack.check_states, pack.check_figures]:
        name = check.__name__.replace("check_", "")
        try:
            yield True, f"{name}: {check()}"
        except Exception as error:  # whatever a hostile pack provokes is a fault of the pack
            fault = str(error) if isinstance(error, PackError) else f"{type(error).__name__}, {ascii(str(error)):.200}"
            yield False, f"{name}: {fault}"
            if name == "read":
                return


if __name__ == "__main__":
    csv.field_size_limit(MOST_PACK_BYTES)  # a window may name thousands of alarms
    if len(sys.argv) > 3 or "" in sys.argv or sys.argv[1:2] in (["-h"], ["--help"]):
        sys.exit(__doc__)
    arguments = [*sys.argv[1:], *[str(Path(__file__).parent), ""][len(sys.argv) - 1 :]]
    results = list(verify(Path(arguments[0]), arguments[1]))
    for holds, line in results:
        print("ok   " if holds else "FAIL ", line)
    sys.exit(not all(holds for holds, _ in results))
