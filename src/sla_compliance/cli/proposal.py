"""Proposal: the whole command line that reads files which cannot be read as told."""
################################################################
# A proposal is tried on the files before it is made: it stands only where more rows
# are read than as told. The command is the one that was typed, as `report`, with the
# options behind it that are missing. Where a file needs to be cut first (column names
# that are not on the first line, one list of several), the command begins with that,
# and the cut file is what was tried.
#
# What is a guess is said in a remark: the zone of a clock, the meaning of a word.
################################################################

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sla_compliance.batch import AlarmBatch
from sla_compliance.cli.likely_options import LikelyOptions, likely_options, unknown_words
from sla_compliance.cli.raw_rows import raw_columns
from sla_compliance.cli.row_options import RowOptions
from sla_compliance.errors import SLAComplianceError
from sla_compliance.outlets.text import counted
from sla_compliance.sources._files.csv_rows import SEPARATORS
from sla_compliance.sources.files import STANDARD_INPUT, TENANT_COLUMN, FileAlarmSource, FileChangeSource
from sla_compliance.units import moment
from sla_compliance.zones import load_zone

_LINES_LOOKED_AT: Final = 100
_MOST_CHARACTERS: Final = 1 << 26
_SEPARATED: Final = (".csv", ".tsv", ".txt")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A command that reads the files.

    Attributes:
        command: as it is typed in a shell.
        rows: how many rows it reads.
        rows_set_aside: how many it sets aside.
        remarks: what of it is a guess, one sentence each.
    """

    command: str
    rows: int
    rows_set_aside: int
    remarks: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """Return it in JSON types."""
        return {
            "command": self.command,
            "rows": self.rows,
            "rows_set_aside": self.rows_set_aside,
            "remarks": list(self.remarks),
        }


def propose(
    rows: RowOptions, typed: Sequence[str], zone: str | None, *, has_range: bool, rows_read: int
) -> Proposal | None:
    """Return the command that reads the files; None where none was found.

    Args:
        rows: the files, and how they were to be read.
        typed: the arguments of the command as they were typed.
        zone: the zone of the days, where it is known; else the command has UTC, or the zone of `times_in`.
        has_range: whether a range was given; else the command has the month of the last row.
        rows_read: how many rows are read as told.
    """
    if rows.change_keywords is not None or STANDARD_INPUT in rows.files:
        return None
    with _cut_files(rows.files) as cut:
        days_in = zone or (rows.alarm_keywords or {}).get("times_in") or "UTC"
        attempt = _Attempt(replace(rows, files=cut.files), days_in)
        batch = attempt.batch()
        if batch is None or len(batch) <= rows_read:
            return None
        remarks = [*cut.remarks, *attempt.remarks(is_zone_known=zone is not None)]
        options = attempt.options(batch)
        if not (options or cut.before):
            return None  # what is wrong is none of what options say
        arguments = [cut.names.get(argument, argument) for argument in typed]
        if batch.rejected:
            options += ["--on-invalid", "quarantine"]
            remarks.append(f"{counted(len(batch.rejected), 'row')} cannot be read and are set aside")
        options += [] if zone is not None else ["--zone", days_in]
        options += [] if has_range else ["--month", f"{moment(max(batch.starts_us), load_zone(days_in)):%Y-%m}"]
        command = f"{cut.before}{shlex.join(['sla-compliance', 'report', *arguments, *options])}"
        return Proposal(command, len(batch), len(batch.rejected), tuple(remarks))


class _Attempt:
    """Likely options of some files, tried on them."""

    def __init__(self, rows: RowOptions, zone: str) -> None:
        self._rows = rows
        self._zone = zone
        self._keywords = dict(rows.alarm_keywords or {})
        self._likely: LikelyOptions | None = None

    def batch(self) -> AlarmBatch | None:
        """Return the rows that the options read, those that they cannot read set aside; None without any."""
        try:
            texts_by_name: dict[str, list[str]] = {}
            for file in self._rows.files:
                for name, texts in raw_columns(file).items():
                    texts_by_name.setdefault(name, []).extend(texts)
            columns, severity_map = self._keywords.get("columns", {}), self._keywords.get("severity_map")
            self._likely = likely_options(texts_by_name, columns, severity_map)
            if self._likely is None:
                return None
            batch = self._read(self._likely)
            words = [row.columns.get("severity") for row in batch.rejected if "severity" in row.faulty_columns]
            if words:
                # Words of rows that were not looked at, and rows without a word.
                for ours, theirs in unknown_words([str(word or "") for word in words], severity_map).items():
                    known_words = self._likely.severity_map.setdefault(ours, [])
                    known_words += [word for word in theirs if word not in known_words]
                batch = self._read(self._likely)
        except SLAComplianceError:
            return None
        return batch

    def _read(self, likely: LikelyOptions) -> AlarmBatch:
        shared: dict[str, Any] = {"times_in": self._zone if likely.naive_times else None, "epoch": likely.epoch}
        shared = {name: self._keywords.get(name) or value for name, value in shared.items()}
        where = self._keywords.get("where")
        if likely.changes is not None:
            source = FileChangeSource(
                *self._rows.files,
                state=likely.changes,
                down=likely.down,
                key=likely.per,
                at=likely.at or "at",
                where=where,
                on_invalid="quarantine",
                **shared,
            )
            return source.read_all_tenants()
        keywords: dict[str, Any] = {**self._keywords, **shared, "on_invalid": "quarantine"}
        keywords["columns"] = {**likely.columns, **self._keywords.get("columns", {})}
        keywords["severity_map"] = _joined(self._keywords.get("severity_map"), likely.severity_map)
        return FileAlarmSource(*self._rows.files, **keywords).read_all_tenants()

    def options(self, batch: AlarmBatch) -> list[str]:
        """Return the options that are missing, as they are typed."""
        likely = self._likely or LikelyOptions()
        options: list[str] = []
        if likely.changes is not None:
            options += ["--changes", likely.changes, "--down", ",".join(likely.down), "--column", f"at={likely.at}"]
            options += [] if likely.per is None else ["--per", likely.per]
        for ours, theirs in likely.columns.items():
            options += ["--column", f"{ours}={theirs}"]
        if likely.naive_times and self._keywords.get("times_in") is None:
            options += ["--times-in", self._zone]
        if likely.epoch is not None and self._keywords.get("epoch") is None:
            options += ["--epoch", likely.epoch]
        for ours, words in likely.severity_map.items():
            named_words = [word for word in words if word]
            options += ["--map-severity", f"{ours}={','.join(named_words)}"] if named_words else []
            options += ["--map-severity", f"{ours}="] if "" in words else []
        tenants = set(batch.columns.get(TENANT_COLUMN, ()))
        if len(tenants) > 1 and self._rows.tenant_id is None:
            options += ["--each", TENANT_COLUMN]
        return options

    def remarks(self, *, is_zone_known: bool) -> Iterator[str]:
        """Yield what of the options is a guess."""
        likely = self._likely or LikelyOptions()
        if likely.naive_times and self._keywords.get("times_in") is None:
            guess = "it is taken for that of the days" if is_zone_known else "UTC stands in its place"
            yield f"the file does not say the zone of its clock; {guess}"
        if likely.epoch is not None:
            yield f"the unit of numbers, {likely.epoch}, is guessed by their size"
        for ours, words in likely.severity_map.items():
            yield f"severity {ours} stands for {', '.join(map(repr, words))}; change the map where it should not"
        for ours, theirs in likely.columns.items():
            yield f"column {theirs!r} is taken for {ours} by its name"
        if likely.has_no_ends:
            yield "there is no column of ends, so every row is open; a log of state changes needs --changes and --down"
        if likely.changes is not None:
            yield "each row is taken for a change of state; with --up the words that are up can be named"


def _joined(given: Mapping[str, Any] | None, likely: Mapping[str, Sequence[str]]) -> dict[str, list[Any]] | None:
    joined: dict[str, list[Any]] = {}
    for word_map in (given or {}, likely):
        for ours, words in word_map.items():
            joined.setdefault(ours, []).extend([words] if isinstance(words, str | int) else words)
    return joined or None


@dataclass(frozen=True, slots=True)
class _CutFiles:
    """Files, cut where they cannot be read whole.

    Attributes:
        files: paths of files to read.
        before: the part of the command that cuts them.
        names: by the name of a file, what the command reads in its place.
        remarks: what was cut.
    """

    files: tuple[str, ...]
    before: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


@contextmanager
def _cut_files(files: tuple[str, ...]) -> Iterator[_CutFiles]:
    """Yield files; a single file of text with a title above its names, or with several lists, is cut."""
    cut = _cut_file(files[0]) if len(files) == 1 else None
    if cut is None:
        yield _CutFiles(files)
        return
    content, before, remark = cut
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"cut{Path(files[0]).suffix}"
        path.write_text(content, encoding="utf-8")
        yield _CutFiles((str(path),), before, {files[0]: STANDARD_INPUT}, (remark,))


def _cut_file(file: str) -> tuple[str, str, str] | None:
    """Return the part of a file that can be read, the command that cuts it out, and a remark."""
    suffix = Path(file).suffix.lower()
    if suffix not in (*_SEPARATED, ".json") or not Path(file).is_file():
        return None
    with Path(file).open(encoding="utf-8-sig", errors="replace") as stream:
        text = stream.read(_MOST_CHARACTERS)
    if suffix == ".json":
        return _largest_list(text, file)
    lines = text.splitlines(keepends=True)
    line = _line_of_names(lines)
    if line == 1:
        return None
    before = f"tail -n +{line} {shlex.quote(file)} | "
    return "".join(lines[line - 1 :]), before, f"the column names are on line {line}; the lines above it are cut off"


def _line_of_names(lines: Sequence[str]) -> int:
    """Return the first line, from 1, that has the most separators of the lines looked at; 1 where none stands out."""
    counts = [max(line.count(separator) for separator in SEPARATORS) for line in lines[:_LINES_LOOKED_AT]]
    for number, (line, count) in enumerate(zip(lines, counts, strict=False), start=1):
        is_like_the_next = number < len(counts) and counts[number] >= count
        if line.strip() and count and is_like_the_next and count * 2 >= max(counts):
            return number
    return 1


def _largest_list(text: str, file: str) -> tuple[str, str, str] | None:
    """Return the largest of several lists of objects in an object; None where there are not several."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    lists = dict(_lists_of_objects(document, ""))
    if len(lists) < 2:
        return None
    path = max(lists, key=lambda name: len(lists[name]))
    before = f"jq {shlex.quote(path)} {shlex.quote(file)} | "
    remark = f"of {len(lists)} lists in the file, the longest is taken, {path}"
    return json.dumps(lists[path]), before, remark


def _lists_of_objects(value: object, path: str) -> Iterator[tuple[str, list[Any]]]:
    if not isinstance(value, dict):
        return
    for name, inner in value.items():
        inner_path = f"{path}.{json.dumps(name)}"
        if isinstance(inner, list) and inner and isinstance(inner[0], dict):
            yield inner_path, inner
        else:
            yield from _lists_of_objects(inner, inner_path)
