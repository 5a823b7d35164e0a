"""Words for pages and terminals: what both say alike, and where they differ."""

from __future__ import annotations

import datetime as dt

import pytest

import sla_compliance as sla
from sla_compliance.certainty import Doubt, DoubtCause
from sla_compliance.outlets.text import (
    PAGE,
    TERMINAL,
    clock_length,
    date_span,
    doubt_sentence,
    doubt_sentences,
    downtime_length,
    iso_date_span,
    left_out_reasons,
    left_out_us,
    printable,
    record_verdict,
    total_verdict,
    unknown_days,
    unknown_text,
    uptime_length,
    whole_seconds_up,
)

NARROW = "\u202f"
DAY = dt.date(2025, 10, 8)


START = dt.datetime(2025, 10, 1, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
WEEKS = dt.timedelta(days=30)


def report_of(*alarms: sla.Alarm, **terms: object) -> sla.ComplianceReport:
    """A day, and a month after it."""
    window = {"start": START, "end": START + 24 * HOUR, "zone": "UTC", "as_of": START + WEEKS} | terms
    return sla.evaluate(alarms, **window)  # type: ignore[arg-type]


SEEN_ONCE = sla.Alarm(START + 6 * HOUR, last_occurrence=START + 7 * HOUR)  # never cleared, unseen ever since
CUT = sla.Alarm(START, START + HOUR)
MINOR = sla.Alarm(START, START + HOUR, severity="minor")
AT_NOON = {"as_of": START + 12 * HOUR}


@pytest.mark.parametrize(
    ("report", "of_total", "of_day"),
    [
        (report_of(CUT, policy=sla.SLAPolicy("95")), "Met", "Met"),
        (report_of(CUT), "Breached", "Breached"),
        (report_of(CUT, policy=sla.SLAPolicy("95"), **AT_NOON), "At risk", "At risk"),
        (report_of(CUT, SEEN_ONCE, policy=sla.SLAPolicy("90")), "Breached, unconfirmed", "Breached"),
        (report_of(MINOR, monitored=[(START, START + 23 * HOUR)]), "Not confirmed", "Met"),
        (report_of(CUT, monitored=[]), "Breached", "Breached"),
        (report_of(CUT, service_hours=[]), "No data", "No data"),
    ],
)
def test_a_total_carries_a_verdict_with_its_confirmation_and_a_day_the_verdict(
    report: sla.ComplianceReport, of_total: str, of_day: str
) -> None:
    """The words of people."""
    assert total_verdict(report) == of_total
    assert record_verdict(report, report.days[0], sla.Period.DAY) == of_day
    assert record_verdict(report, report.total, sla.Period.MONTH) == of_total


def test_the_total_of_a_report_without_rows_is_not_confirmed() -> None:
    """A row that does not qualify is a row; where nothing was owed there is nothing to confirm."""
    assert report_of().is_of_empty_input
    assert total_verdict(report_of()) == "Not confirmed"
    assert record_verdict(report_of(), report_of().days[0], sla.Period.DAY) == "Not confirmed"
    assert record_verdict(report_of(), report_of().total, sla.Period.MONTH) == "Not confirmed"
    assert doubt_sentences(report_of()) == ["no rows were read"]
    assert not report_of(MINOR).is_of_empty_input
    assert total_verdict(report_of(MINOR)) == "Met"
    assert total_verdict(report_of(service_hours=[])) == "No data"


def test_each_cause_of_doubt_has_a_sentence_of_its_own() -> None:
    """With its rows and the time at stake, never understated."""
    sentences = {cause: doubt_sentence(Doubt(cause, 2, 3_600_000_001)) for cause in DoubtCause}
    assert len(set(sentences.values())) == len(DoubtCause)
    assert sentences.pop(DoubtCause.NO_START) == "2 rows set aside without a readable start: outages of any time"
    assert sentences.pop(DoubtCause.NO_ROWS) == "no rows were read"
    assert sentences.pop(DoubtCause.NO_DOWN).startswith("no row of the log says down; ")
    assert {sentence.rpartition(": ")[2] for sentence in sentences.values()} == {"up to 1 h 1 min"}
    assert sentences[DoubtCause.SET_ASIDE] == "2 rows set aside that may qualify: up to 1 h 1 min"


def test_the_largest_doubt_comes_first_behind_what_they_leave_open() -> None:
    """17 hours of an alarm that nobody saw again, then an hour that nobody watched."""
    report = report_of(SEEN_ONCE, monitored=[(START + HOUR, START + 24 * HOUR)])
    assert doubt_sentences(report) == [
        "availability lies between 20.83 % and 95.83 %",
        "1 alarm open and unseen for 7 days: up to 17 h",
        "time that was not monitored: up to 1 h",
    ]
    assert unknown_text(report.days[0]) == "up to 18 h unknown"
    assert unknown_days(report.days) == ["Wed 2025-10-01: up to 18 h unknown"]
    assert doubt_sentences(report_of(CUT)) == []
    assert unknown_text(report_of(CUT).total) == ""


def test_the_first_days_in_doubt_are_named_and_the_others_counted() -> None:
    """Eight of them."""
    report = report_of(SEEN_ONCE, end=START + 8 * 24 * HOUR)
    lines = unknown_days(report.days)
    assert len(lines) == 6
    assert lines[1] == "Thu 2025-10-02: up to 1 d unknown"
    assert lines[-1] == "and 3 more days"


def test_what_is_left_out_has_its_reasons() -> None:
    """They sum to what counted neither as up nor as down."""
    report = report_of(
        as_of=START + 20 * HOUR,
        in_service=[(START + HOUR, START + WEEKS)],
        monitored=[(START, START + 18 * HOUR)],
        maintenance=[(START + 2 * HOUR, START + 5 * HOUR)],
        service_hours=sla.ServiceHours.parse("mon-sun 00:00-22:00"),
    )
    reasons_us = left_out_reasons(report.total)
    assert {reason: length_us // 3_600_000_000 for reason, length_us in reasons_us.items()} == {
        "not in service": 1,
        "maintenance": 3,
        "not monitored": 2,
        "still to come": 4,
    }
    assert sum(reasons_us.values()) == left_out_us(report.total)


def test_percentages_differ_in_their_blank_and_in_their_dash() -> None:
    """A terminal's can be pasted, a page's do not break."""
    assert (TERMINAL.percentage("99.90"), TERMINAL.percentage(None)) == ("99.90 %", "-")
    assert (PAGE.percentage("99.90"), PAGE.percentage(None)) == (f"99.90{NARROW}%", "\N{EN DASH}")


@pytest.mark.parametrize(
    ("last", "page", "terminal"),
    [
        (DAY, "Wed, Oct\u00a08, 2025", "Wed 2025-10-08"),
        (dt.date(2025, 11, 2), "Oct\u00a08 \N{EN DASH} Nov\u00a02, 2025", "2025-10-08 to 2025-11-02"),
        (dt.date(2026, 1, 7), "Oct\u00a08, 2025 \N{EN DASH} Jan\u00a07, 2026", "2025-10-08 to 2026-01-07"),
    ],
)
def test_periods_are_named_by_their_dates(last: dt.date, page: str, terminal: str) -> None:
    """One day by itself, others by their ends."""
    assert date_span(DAY, last) == page
    assert iso_date_span(DAY, last) == terminal


def test_a_moment_has_its_weekday_and_its_time() -> None:
    """To the minute."""


def test_seconds_round_against_the_provider() -> None:
    """Broken seconds of downtime are whole ones, of uptime none."""
    length_us = 3_600_000_001
    assert whole_seconds_up(length_us) == 3_601_000_000
    assert (clock_length(length_us), downtime_length(length_us)) == ("1:00:01", f"1{NARROW}h 1{NARROW}s")
    assert uptime_length(length_us) == f"1{NARROW}h"
    assert (clock_length(0), uptime_length(0)) == ("-", f"0{NARROW}min")


def test_printable_text_cannot_command_a_terminal() -> None:
    """Whatever is not printed is replaced; numbers and other keys are shown as text."""
    assert printable("OLT\x1b[2J\n7") == "OLT\ufffd[2J\ufffd7"
    assert printable(7) == "7"
