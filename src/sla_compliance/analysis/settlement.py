"""Settlement: the rows that leave a report in doubt, in the order in which settling them matters."""
################################################################
# One entry for each row id, with all causes of its doubt. The time at stake is that on
# which the readings of the row disagree, inside the window. Rows set aside that may be
# of any time come first; then the newest local month that a doubt touches, and in it
# the longest time at stake.
#
# What is no row's (unmonitored time) and rows without an id cannot be corrected one by
# one: they are counted beside the entries.
################################################################

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sla_compliance.batch import AlarmBatch
from sla_compliance.certainty import DoubtCause
from sla_compliance.corrections import rows_of_ids
from sla_compliance.doubtful_time import DoubtfulTime, union_of_times
from sla_compliance.report import ComplianceReport
from sla_compliance.units import moment
from sla_compliance.validation import STILL_ACTIVE_US
from sla_compliance.zones import load_zone

_WORDS: Final = {
    DoubtCause.UNSEEN: "open and unseen for 7 days: when was it over?",
    DoubtCause.CUT_OFF: "open and unseen for long, ended when last seen: when was it over?",
    DoubtCause.UNDATED: "over without a time: when was it over?",
    DoubtCause.SET_ASIDE: "set aside as a bad row: when was it, and how severe?",
    DoubtCause.DISAGREEING: "rows of one id disagree: when was it?",
    DoubtCause.OVERWRITTEN: "severity overwritten by 'cleared': how severe was it?",
    DoubtCause.UNKEYED: "names no key: whose is it?",
    DoubtCause.NO_START: "set aside without a start: when was it?",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulRow:
    """A row, or several of one id, that leaves a report in doubt.

    Attributes:
        row_id: its `id`.
        causes: what is left open.
        month: the newest local month that the doubt touches, e.g. "2026-10"; None where it may be of any time.
        at_stake_us: the time of the window on which readings disagree, microseconds; None where it may be any.
        present_reading: what the row says now.
    """

    row_id: Hashable
    causes: tuple[DoubtCause, ...]
    month: str | None
    at_stake_us: int | None
    present_reading: str

    @property
    def sentence(self) -> str:
        """What is in doubt, and what would settle it."""
        return "; ".join(_WORDS[cause] for cause in self.causes)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What is in doubt in a report.

    Attributes:
        rows: those that a correction can settle, the most urgent first.
        rows_without_id: how many rows in doubt have no id, so that no correction can name them.
        unmonitored_us: time of the window that was not monitored, which is no row's, microseconds.
    """

    rows: tuple[DoubtfulRow, ...]
    rows_without_id: int
    unmonitored_us: int


def settlement(report: ComplianceReport) -> Settlement:
    """Return what is in doubt in a report.

    >>> import datetime as dt, sla_compliance as sla
    >>> day, now = dt.datetime(2025, 10, 1, tzinfo=dt.UTC), dt.datetime(2025, 11, 1, tzinfo=dt.UTC)
    >>> report = sla.evaluate([sla.Alarm(day, id="7")], start=day, end=now, zone="UTC", as_of=now)
    >>> row, = settlement(report).rows
    >>> row.row_id, row.month, row.sentence
    ('7', '2025-10', 'open and unseen for 7 days: when was it over?')
    """
    start_us, end_us = report.ledger.start_us, report.ledger.end_us
    times_by_id: dict[str, list[DoubtfulTime]] = {}
    subjects_without_id: dict[int, int] = {}
    for time in report.readings.at_stake:
        # Of a window without length no time is at stake, also of an alarm that lasts before and after it.
        if max(time.start_us, start_us) >= min(time.end_us, end_us):
            continue
        if time.row_id is None:
            subjects_without_id[time.subject] = time.rows
        else:
            times_by_id.setdefault(str(time.row_id), []).append(time)
    ids_without_start = [row.columns.get("id") for row in report.batch.rejected if row.start_us is None]
    texts_without_start = [str(row_id) for row_id in ids_without_start if row_id is not None]
    readings = _present_readings(report.batch, [*times_by_id, *texts_without_start])
    rows: list[DoubtfulRow] = []
    for text in texts_without_start:
        causes: tuple[DoubtCause, ...] = (DoubtCause.NO_START,)
        rows.append(
            DoubtfulRow(row_id=text, causes=causes, month=None, at_stake_us=None, present_reading=readings[text])
        )
    dated: list[tuple[str, int, DoubtfulRow]] = []
    for text, times in times_by_id.items():
        at_stake = union_of_times(times).clip(start_us, end_us)
        last_moment = moment(at_stake.ends_us[-1] - 1, load_zone(report.zone))
        month = f"{last_moment:%Y-%m}"
        causes = tuple(dict.fromkeys(time.cause for time in times))
        row = DoubtfulRow(
            row_id=text,
            causes=causes,
            month=month,
            at_stake_us=at_stake.total_us,
            present_reading=readings[text],
        )
        dated.append((month, at_stake.total_us, row))
    # Stable: rows of one month and length keep the order of the input.
    dated.sort(key=lambda item: item[:2], reverse=True)
    unmonitored_us = sum(doubt.length_us for doubt in report.bounds().because if doubt.cause is DoubtCause.UNMONITORED)
    without_id = sum(subjects_without_id.values()) + ids_without_start.count(None)
    return Settlement((*rows, *(row for _, _, row in dated)), without_id, unmonitored_us)


def _present_readings(batch: AlarmBatch, texts: Sequence[str]) -> dict[str, str]:
    """Return what the rows of some ids say, as far as it can be read."""
    sentences: dict[str, list[str]] = {text: [] for text in texts}
    for text, rows in rows_of_ids(batch.columns.get("id", ()), texts).items():
        sentences[text] += [_reading(batch, row) for row in rows]
    rejected_ids: Iterable[Any] = [row.columns.get("id") for row in batch.rejected]
    for text, rows in rows_of_ids(rejected_ids, texts).items():
        sentences[text] += [" and ".join(batch.rejected[row].reasons) for row in rows]
    return {text: "; ".join(readings) for text, readings in sentences.items()}


def _reading(batch: AlarmBatch, row: int) -> str:
    end = "still open"
    if row in batch.undated:
        end = "over without a time"
    elif batch.ends_us[row] != STILL_ACTIVE_US:
        end = moment(batch.ends_us[row]).isoformat()
    seen_us = None if batch.last_seen_us is None else batch.last_seen_us[row]
    last_sight = "" if seen_us is None else f", last seen {moment(seen_us).isoformat()}"
    severity = f"{batch.columns['severity'][row]} " if "severity" in batch.columns else ""
    return f"{severity}from {moment(batch.starts_us[row]).isoformat()} to {end}{last_sight}"
