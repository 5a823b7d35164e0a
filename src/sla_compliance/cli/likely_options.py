"""Likely options: what the columns and values of a file look like, as the options that would read it."""
################################################################
# A guess, and never more: what it proposes is tried on the file and shown to a person,
# and no figure is made of it.
#
# A column is taken for one of ours by its name and, where ours holds times, by its
# values too. A number that counts from 1970 has its unit by its size: a date of
# 1973 to 2286 has 9 or 10 digits as seconds. A word of severity that is not known
# counts as critical, for a word may not turn an outage into none.
################################################################

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sla_compliance.errors import SLAComplianceError
from sla_compliance.rows.times import Epoch, TimeReader
from sla_compliance.rows.words import SeverityReader, WordMap

# Names in lower case without blanks and signs, the likeliest first.
_NAMES_IN_FILES: Final[Mapping[str, Sequence[str]]] = {
    "first_occurrence": (
        "firstoccurrence", "starttime", "startedat", "startsat", "started", "start", "raisedat", "raised", "raisetime",
        "began", "begin", "begins", "openedat", "opened", "iflostservice", "goingdown", "downsince", "problemtime",
        "createdat", "createdon", "created", "occurredat", "eventtime", "time", "datetime", "timestamp", "date",
    ),
    "cleared_at": (
        "clearedat", "cleared", "cleartime", "endtime", "endedat", "endsat", "ended", "end", "ends", "recoverytime",
        "recoveredat", "restoredat", "closedat", "closed", "upagain", "ifregainedservice", "resolvedon", "resolved",
    ),
    "last_occurrence": ("lastoccurrence", "lastoccurredat", "lastseen", "lastseenat"),
    "severity": ("severity", "perceivedseverity", "priority", "urgency", "criticality", "level"),
    "status": ("status", "problemstatus"),
    "id": ("id", "eventid", "problemid", "alertid", "incidentnumber", "number", "tinyid"),
    "resource_id": (
        "resourceid", "hostname", "host", "node", "nodelabel", "device", "devicename", "resource", "cmdbci", "instance",
    ),
}  # fmt: skip
_TIMES: Final = ("first_occurrence", "cleared_at", "last_occurrence")
_OWN_ENDS: Final = ("cleared_at", "resolved_at")
_WORDS_OF_SEVERITY: Final[Mapping[str, Sequence[str]]] = {
    "critical": (
        "disaster", "high", "highest", "emergency", "fatal", "blocker", "urgent", "alert", "p1", "sev1", "down",
    ),
    "major": ("average", "error", "medium", "p2", "sev2"),
    "minor": ("low", "lowest", "p3", "p4", "p5", "sev3", "sev4", "trivial"),
    "info": ("information", "informational", "notice", "normal", "ok", "none", "debug"),
}  # fmt: skip
_OURS_BY_WORD: Final = {word: ours for ours, words in _WORDS_OF_SEVERITY.items() for word in words}
_DOWN_WORDS: Final = frozenset({"down", "offline", "unreachable", "outage"})
_STATE_NAMES: Final = ("state", "status", "event", "newstate")
_MONITOR_NAMES: Final = ("monitor", "monitorname", *_NAMES_IN_FILES["resource_id"])
_DIGITS_BY_UNIT: Final[Mapping[Epoch, range]] = {
    "s": range(9, 11), "ms": range(12, 14), "us": range(15, 17), "ns": range(18, 20),
}  # fmt: skip
_NUMBER: Final = re.compile(r"\d+(\.\d+)?", re.ASCII)
_MOST_STATES: Final = 20
_VALUES_TRIED: Final = 200
_UNKNOWN_WORD: Final = "critical"


@dataclass(slots=True)
class LikelyOptions:
    """Keywords of FileAlarmSource, or of FileChangeSource, that may read a file.

    Attributes:
        columns: {our column: theirs}, besides those that are given.
        naive_times: whether there are times without an offset.
        epoch: the unit of numbers that count from 1970; None where there are none.
        severity_map: {our word: theirs}, besides those that are given.
        changes: the column of states, and `down` its words, where the file is a log; None where a row is an alarm.
        down: the words of states that are down.
        per: the column of what changes.
        at: the column of the times of changes.
        has_no_ends: whether there is no column of ends, and the file is no log.
    """

    columns: dict[str, str] = field(default_factory=dict)
    naive_times: bool = False
    epoch: Epoch | None = None
    severity_map: dict[str, list[str]] = field(default_factory=dict)
    changes: str | None = None
    down: list[str] = field(default_factory=list)
    per: str | None = None
    at: str | None = None
    has_no_ends: bool = False


def likely_options(
    texts_by_name: Mapping[str, Sequence[str]], columns: Mapping[str, str], severity_map: WordMap | None
) -> LikelyOptions | None:
    """Return the options that may read a file; None where no column looks like times.

    Args:
        texts_by_name: the texts of each of its columns.
        columns, severity_map: what is mapped already.
    """
    likely = LikelyOptions(columns=_likely_columns(texts_by_name, columns))
    names = {**_own_names(texts_by_name), **likely.columns, **columns}
    if "first_occurrence" not in names:
        return None
    time_names = {names[ours] for ours in (*_TIMES, *_OWN_ENDS) if ours in names}
    for name in time_names:
        _note_times(likely, texts_by_name.get(name, ()))
    likely.has_no_ends = not any(end in names for end in _OWN_ENDS)
    if likely.has_no_ends and _note_log(likely, texts_by_name, names["first_occurrence"]):
        likely.has_no_ends = False
        return likely
    severities = texts_by_name.get(names.get("severity", ""), ())
    likely.severity_map = unknown_words(severities, severity_map)
    return likely


def unknown_words(texts: Iterable[str], severity_map: WordMap | None) -> dict[str, list[str]]:
    """Return the words of severity that are not known yet, by ours that they probably mean."""
    reader = SeverityReader(severity_map)
    words: dict[str, list[str]] = {}
    for text in dict.fromkeys(texts):
        if reader.words.read(text) is None:
            ours = _OURS_BY_WORD.get(text.lower(), _UNKNOWN_WORD)
            words.setdefault(ours, []).append(text)
    return words


def _own_names(texts_by_name: Iterable[str]) -> dict[str, str]:
    """Return the columns that have our names, in any case."""
    known = {*_NAMES_IN_FILES, *_OWN_ENDS}
    return {name.lower(): name for name in texts_by_name if name.lower() in known}


def _likely_columns(texts_by_name: Mapping[str, Sequence[str]], columns: Mapping[str, str]) -> dict[str, str]:
    taken = {*_own_names(texts_by_name).values(), *columns.values()}
    has_own_end = any(name.lower() in _OWN_ENDS for name in texts_by_name)
    likely: dict[str, str] = {}
    for ours, likely_names in _NAMES_IN_FILES.items():
        if ours in columns or ours in _own_names(texts_by_name) or (ours == "cleared_at" and has_own_end):
            continue
        free = {name: texts for name, texts in texts_by_name.items() if name not in taken}
        if ours in _TIMES:
            free = {name: texts for name, texts in free.items() if are_times(texts)}
        if ours in ("status", "id"):
            # Inside objects these are of something else, such as the service that failed.
            free = {name: texts for name, texts in free.items() if "." not in name}
        if ours == "id":
            free = {name: texts for name, texts in free.items() if len(set(texts)) == len(texts) > 0}
        name = _first_called(free, likely_names)
        if name is not None:
            likely[ours] = name
            taken.add(name)
    return likely


def _first_called(names: Iterable[str], likely_names: Sequence[str]) -> str | None:
    """Return which of some names is the likeliest; None where none is likely. The last part of a path is its name."""
    ranks = {name: likely_names.index(plain) for name in names if (plain := _plain(name)) in likely_names}
    return min(ranks, key=lambda name: ranks[name], default=None)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.rpartition(".")[2].lower())


def are_times(texts: Sequence[str]) -> bool:
    """Return whether most of some texts are times that an option could read."""
    tried = texts[:_VALUES_TRIED]
    read = sum(_form_of(text) != "" for text in tried)
    return bool(tried) and read * 2 > len(tried)


def _form_of(text: str) -> str:
    """Return how a time can be read: "" not at all, "instant", "naive", or the unit of a number."""
    for form, reader in (("instant", TimeReader()), ("naive", TimeReader(times_in="UTC"))):
        try:
            reader.read(text, is_end=True)
        except SLAComplianceError:
            continue
        return form
    number = _NUMBER.fullmatch(text)
    digits = len(text.partition(".")[0]) if number else 0
    return next((unit for unit, lengths in _DIGITS_BY_UNIT.items() if digits in lengths), "")


def _note_times(likely: LikelyOptions, texts: Sequence[str]) -> None:
    for text in texts[:_VALUES_TRIED]:
        form = _form_of(text)
        likely.naive_times |= form == "naive"
        for unit in _DIGITS_BY_UNIT:
            if form == unit:
                likely.epoch = unit


def _note_log(likely: LikelyOptions, texts_by_name: Mapping[str, Sequence[str]], time_name: str) -> bool:
    """Note that a file is a log of state changes, where a column of states has a word for down."""
    for name, texts in texts_by_name.items():
        words = list(dict.fromkeys(texts))
        down_words = [word for word in words if word.lower() in _DOWN_WORDS]
        if _plain(name) in _STATE_NAMES and down_words and len(words) <= _MOST_STATES:
            likely.changes, likely.down, likely.at = name, down_words, time_name
            likely.per = _first_called(texts_by_name, _MONITOR_NAMES)
            likely.columns = {}
            return True
    return False
