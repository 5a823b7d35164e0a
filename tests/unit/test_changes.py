"""Logs of state changes: which outages they describe, and when each state was known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sla_compliance as sla
from sla_compliance.certainty import DoubtCause
from sla_compliance.intervals import ALWAYS
from sla_compliance.outlets.text import doubt_sentences, total_verdict
from sla_compliance.rows.reading import MOST_FAULTS
from sla_compliance.units import HOUR_US, MIN_US, instant_us
from sla_compliance.validation import STILL_ACTIVE_US

MIDNIGHT = instant_us(datetime(2026, 3, 3, tzinfo=UTC), field="midnight")
DAY: dict[str, Any] = {
    "start": datetime(2026, 3, 3, tzinfo=UTC),
    "end": datetime(2026, 3, 4, tzinfo=UTC),
    "zone": "UTC",
    "as_of": datetime(2026, 3, 5, tzinfo=UTC),
}


def log(*changes: tuple[str, int, str]) -> list[dict[str, Any]]:
    """Return rows of a log: monitor, hour of the day, state."""
    return [{"monitor": key, "at": f"2026-03-03T{hour:02}:00:00Z", "state": state} for key, hour, state in changes]


WEB = [("web", 1, "up"), ("web", 5, "down"), ("web", 10, "up")]


def hours(report: sla.ComplianceReport) -> dict[str, float]:
    """Return how long a day had each state, in hours."""
    return {state: length / HOUR_US for (_, state), length in report.total.segments.items() if length}


def outages(rows: Iterable[dict[str, Any]], **options: Any) -> list[tuple[float, float | None]]:
    """Return the outages of a log, in hours of its day; no end while down."""
    batch = sla.alarms_from_changes(rows, **{"down": "down", **options})
    return [
        ((start - MIDNIGHT) / HOUR_US, None if end == STILL_ACTIVE_US else (end - MIDNIGHT) / HOUR_US)
        for start, end in sorted(zip(batch.starts_us, batch.ends_us, strict=True))
    ]


def test_down_opens_and_up_closes() -> None:
    """In order of time, not of rows; every outage counts as critical, under its key."""
    batch = sla.alarms_from_changes(reversed(log(*WEB)), down="down", key="monitor")
    assert outages(reversed(log(*WEB))) == [(5, 10)]
    assert batch.columns == {"severity": ("critical",), "resource_id": ("web",), "monitor": ("web",)}
    assert sla.evaluate(batch, **DAY).total.downtime_minutes == 300


def test_repeats_change_nothing_and_what_is_still_down_is_open() -> None:
    """The first row of a state is its beginning."""
    changes = [("", 1, "up"), ("", 2, "down"), ("", 3, "down"), ("", 4, "up"), ("", 5, "up"), ("", 6, "down")]
    assert outages(log(*changes)) == [(2, 4), (6, None)]


def test_rows_of_one_instant_stay_in_their_order() -> None:
    """A monitor that writes seconds may go down and up within one."""
    assert outages(log(("", 1, "down"), ("", 1, "up"))) == [(1, 1)]
    assert outages(log(("", 1, "up"), ("", 1, "down"))) == [(1, None)]


def test_keys_do_not_end_one_another_s_outages() -> None:
    """Without a key they would; keys are compared as text."""
    rows = log(("a", 1, "down"), ("b", 2, "up"), ("a", 3, "up"))
    assert outages(rows) == [(1, 2)]
    assert outages(rows, key="monitor") == [(1, 3)]
    numbers = [{**rows[0], "monitor": 7}, {**rows[2], "monitor": "7"}]
    assert outages(numbers, key="monitor") == [(1, 3)]


@pytest.mark.parametrize(
    ("down", "up", "states", "expected"),
    [
        ("Down", None, ["DOWN", "whatever"], [(0, 1)]),
        (["down", "unreachable"], ["up", "ok"], ["unreachable", "OK"], [(0, 1)]),
        (0, 1, [0, 1], [(0, 1)]),
        ([0, 2], 1, ["2", "1"], [(0, 1)]),
        ("true", "false", [True, False], [(0, 1)]),
        (["down", ""], None, ["", "up"], [(0, 1)]),
    ],
)
def test_words_are_compared_in_any_case_and_as_text(down: Any, up: Any, states: list[Any], expected: list[Any]) -> None:
    """Without `up` every other word is up."""
    rows = [{"at": f"2026-03-03T{hour:02}:00Z", "state": state} for hour, state in enumerate(states)]
    assert outages(rows, down=down, up=up) == expected


def test_columns_have_any_name_at_any_depth() -> None:
    """Times are local ones or numbers where the options say so."""
    rows = [
        {"Date-Time": "2026-03-03 03:00:00", "Event": "Down", "monitor": {"name": "shop"}},
        {"Date-Time": "2026-03-03 04:30:00", "Event": "Up", "monitor": {"name": "shop"}},
    ]
    options = {"down": "Down", "at": "Date-Time", "state": "event", "key": "monitor.name", "times_in": "Asia/Shanghai"}
    assert outages(rows, **options) == [(-5, -3.5)]
    assert sla.alarms_from_changes(rows, **options).columns["monitor.name"] == ("shop",)  # type: ignore[arg-type]
    seconds = [{"at": MIDNIGHT // 10**6 + 3600 * hour, "state": state} for hour, state in ((1, "down"), (2, "up"))]
    assert outages(seconds, epoch="s") == [(1, 2)]


class TestBeforeTheFirstRow:
    """What was the case before a key's first row."""

    LOG: ClassVar = log(*WEB, ("db", 6, "down"), ("db", 7, "up"), ("ok", 9, "up"))

    @pytest.mark.parametrize(
        ("before", "whole", "each"),
        [
            (
                "auto",
                {"DOWN": 5, "UNKNOWN": 1, "UP": 18},
                {
                    "web": {"DOWN": 5, "UNKNOWN": 1, "UP": 18},
                    "db": {"DOWN": 1, "UNKNOWN": 1, "UP": 22},
                    "ok": {"UNKNOWN": 9, "UP": 15},
                },
            ),
            (
                "unknown",
                {"DOWN": 5, "UNKNOWN": 1, "UP": 18},
                {
                    "web": {"DOWN": 5, "UNKNOWN": 1, "UP": 18},
                    "db": {"DOWN": 1, "UNKNOWN": 6, "UP": 17},
                    "ok": {"UNKNOWN": 9, "UP": 15},
                },
            ),
            (
                "up",
                {"DOWN": 5, "UP": 19},
                {"web": {"DOWN": 5, "UP": 19}, "db": {"DOWN": 1, "UP": 23}, "ok": {"UP": 24}},
            ),
            (
                "down",
                {"DOWN": 10, "UP": 14},
                {"web": {"DOWN": 6, "UP": 18}, "db": {"DOWN": 7, "UP": 17}, "ok": {"DOWN": 9, "UP": 15}},
            ),
        ],
    )
    def test_each_key_has_its_own_unknown_time(
        self, before: Any, whole: dict[str, float], each: dict[str, dict[str, float]]
    ) -> None:
        """The whole is unmonitored only where every key is; a key that never failed has a report too."""
        batch = sla.alarms_from_changes(self.LOG, down="down", key="monitor", before=before)
        assert hours(sla.evaluate(batch, **DAY)) == whole
        for column in ("monitor", "resource_id"):
            reports = sla.evaluate_each(batch, by=column, **DAY)
            assert {key: hours(report) for key, report in reports.items()} == each

    def test_what_auto_assumes_is_listed(self) -> None:
        """db was down in its first row, so it was up before, as far back as the log goes."""
        batch = sla.alarms_from_changes(self.LOG, down="down", key="monitor")
        assert batch.assumptions == ("1 key taken as up from the log's first row to the first of its own",)
        assert batch.assumptions[0] in sla.evaluate(batch, **DAY).quality.lines()
        assert sla.alarms_from_changes(log(*WEB), down="down", key="monitor").assumptions == ()

    def test_an_outage_that_began_before_the_log_is_marked(self) -> None:
        """At an unknown time, so at the earliest there is."""
        batch = sla.alarms_from_changes(self.LOG, down="down", key="monitor", before="down")
        assert batch.assumptions == ("3 outages began before the log, at an unknown time",)
        marks = dict(zip(batch.starts_us, batch.columns["title"], strict=True))
        assert marks.pop(MIN_US) == "down since before the log"
        assert set(marks.values()) == {None}
        incidents = sla.evaluate(batch, **DAY).incidents()
        assert [incident.start_us == MIN_US for incident in incidents] == [True]
        assert incidents[0].begins_before
        assert sla.alarms_from_changes([], down="down", before="down").assumptions == ()

    def test_a_key_that_the_log_never_names_was_never_observed(self) -> None:
        """An inventory may have it; its own object is the key."""
        batch = sla.alarms_from_changes(log(*WEB, ("7", 0, "up")), down="down", key="monitor")
        reports = sla.evaluate_each(batch, by="monitor", inventory=[7, "new"], **DAY)
        assert {key: hours(report) for key, report in reports.items()} == {
            7: {"UP": 24},
            "new": {"UNKNOWN": 24},
            "web": {"DOWN": 5, "UP": 18, "UNKNOWN": 1},
        }

    def test_an_empty_log_says_nothing(self) -> None:
        """Unless it is said what was before it."""
        assert hours(sla.evaluate(sla.alarms_from_changes([], down="down"), **DAY)) == {"UNKNOWN": 24}
        assert sla.alarms_from_changes([], down="down", before="up").monitored == ALWAYS


class TestAllUp:
    """A log in which nothing failed."""

    ROWS: ClassVar = log(("web", 0, "up"), ("web", 12, "up"), ("db", 6, "up"))

    def test_its_rows_were_read_and_confirm_the_time_that_they_observed(self) -> None:
        """With words of up: web was seen from midnight on, db from 6 o'clock on."""
        batch = sla.alarms_from_changes(self.ROWS, down="down", up="up", key="monitor")
        assert (len(batch), batch.rows_read, batch.assumptions) == (0, 3, ())
        report = sla.evaluate(batch, **DAY)
        assert (report.is_of_empty_input, report.doubt_of_input) == (False, None)
        assert (doubt_sentences(report), total_verdict(report)) == ([], "Met")
        reports = sla.evaluate_each(batch, by="monitor", **DAY)
        assert {key: total_verdict(keyed) for key, keyed in reports.items()} == {"web": "Met", "db": "Not confirmed"}
        assert doubt_sentences(reports["db"])[1:] == ["time that was not monitored: up to 6 h"]

    def test_without_words_of_up_a_word_of_down_may_be_misspelt(self) -> None:
        """Every state is up by that rule alone, so nothing is confirmed, and the way out is named."""
        batch = sla.alarms_from_changes(self.ROWS, down="down", key="monitor")
        report = sla.evaluate(batch, **DAY)
        assert (report.is_of_empty_input, report.doubt_of_input) == (False, DoubtCause.NO_DOWN)
        assert doubt_sentences(report) == [
            "no row of the log says down; give its words of up to confirm that it was up"
        ]
        for keyed in (report, *sla.evaluate_each(batch, by="monitor", **DAY).values()):
            assert total_verdict(keyed) == "Not confirmed"
        assert not report.to_pandas()["is_confirmed"].any()
        assert "confirmed: no (no row of the log says down; give its words of up" in repr(report)

    def test_a_row_that_says_down_at_any_time_shows_that_the_word_is_right(self) -> None:
        """Of whichever key."""
        batch = sla.alarms_from_changes([*self.ROWS, *log(("x", 1, "down"))], down="down", key="monitor")
        assert total_verdict(sla.evaluate_each(batch, by="monitor", **DAY)["web"]) == "Met"

    def test_a_log_without_a_row_is_an_empty_input(self) -> None:
        """Whatever is said of the time before it; a bad row is a row."""
        report = sla.evaluate(sla.alarms_from_changes([], down="down", before="up"), **DAY)
        assert doubt_sentences(report) == ["no rows were read"]
        bad = sla.alarms_from_changes([{"at": "noon", "state": "up"}], down="down", on_invalid="quarantine")
        assert bad.rows_read == 1


class TestFaults:
    """Rows that cannot be read."""

    BAD: ClassVar = [*log(*WEB), {"at": "2026-03-03T12:00:00Z", "state": "degraded", "monitor": "web"}]

    def test_a_word_of_neither_is_a_bad_row_where_up_is_given(self) -> None:
        """It names the row, the column and the word."""
        with pytest.raises(sla.InvalidAlarmsError) as caught:
            sla.alarms_from_changes(self.BAD, down="down", up="up")
        (fault,) = caught.value.exceptions
        assert str(fault) == "alarms[3].state is 'degraded', a word of neither down nor up; add it to one of them"

    def test_a_log_without_a_word_of_down_says_which_words_it_has(self) -> None:
        """All of them are up, which is right or a word is misspelt; a log without rows has no words."""
        batch = sla.alarms_from_changes(
            [*log(*WEB), {"at": "2026-03-03T12:00:00Z", "state": None}], down=["off", "Dwon"], on_invalid="quarantine"
        )
        assert batch.assumptions == ("no row says down ('dwon', 'off'); the states of the log are 'down', 'up'",)
        assert sla.alarms_from_changes([], down="off").assumptions == ()

    def test_a_bad_row_may_be_down_until_the_next_of_its_key(self) -> None:
        """Doubt, not uptime: so the verdict is not confirmed."""
        rows = [*self.BAD, *log(("web", 13, "up"), ("other", 12, "up"))]
        batch = sla.alarms_from_changes(rows, down="down", up="up", key="monitor", on_invalid="quarantine")
        (bad,) = batch.rejected
        assert ((bad.start_us or 0) - MIDNIGHT, (bad.end_us or 0) - MIDNIGHT) == (12 * HOUR_US, 13 * HOUR_US)
        assert bad.columns == {"state": "degraded", "monitor": "web", "resource_id": "web"}
        reports = sla.evaluate_each(batch, by="monitor", **DAY)
        assert [len(reports[key].quality.rejected) for key in ("web", "other")] == [1, 0]

    def test_times_keys_and_states_that_are_absent_are_faults(self) -> None:
        """All of them, of all rows."""
        rows: list[dict[str, Any]] = [{"at": "noon", "state": "down", "monitor": "a"}, {"at": None}, *log(*WEB)]
        with pytest.raises(sla.InvalidAlarmsError) as caught:
            sla.alarms_from_changes(rows, down="down", key="monitor")
        assert [str(fault).partition(";")[0] for fault in caught.value.exceptions] == [
            "alarms[0].at is 'noon'",
            "alarms[1].at is empty",
            "alarms[1].monitor is empty",
            "alarms[1].state is empty, a word of neither down nor up",
        ]
        batch = sla.alarms_from_changes(rows, down="down", key="monitor", on_invalid="quarantine")
        assert [bad.start_us for bad in batch.rejected] == [None, None]

    def test_a_row_at_the_instant_of_a_bad_one_ends_its_doubt(self) -> None:
        """And one that nothing follows is open to doubt to the end."""
        rows = [*self.BAD, *log(("web", 12, "up"))]
        options: dict[str, Any] = {"down": "down", "up": "up", "on_invalid": "quarantine"}
        (bad,) = sla.alarms_from_changes(rows, **options).rejected
        assert (bad.end_us or 0) - (bad.start_us or 0) == 1
        (bad,) = sla.alarms_from_changes(self.BAD, **options).rejected
        assert (bad.end_us, bad.says_over) == (None, False)

    def test_a_row_before_a_bad_one_of_its_instant_does_not_end_its_doubt(self) -> None:
        """Rows of one instant count in the order of the input, so the bad row's state is the one that lasted."""
        rows = [*log(("web", 12, "up")), self.BAD[-1], *log(("web", 14, "up"))]
        batch = sla.alarms_from_changes(rows, down="down", up="up", on_invalid="quarantine")
        (bad,) = batch.rejected
        assert ((bad.start_us or 0) - MIDNIGHT, (bad.end_us or 0) - MIDNIGHT) == (12 * HOUR_US, 14 * HOUR_US)
        assert not sla.evaluate(batch, **DAY).is_confirmed

    def test_rows_far_behind_may_lack_a_column(self) -> None:
        """Rows are read piece by piece; the column was there in an earlier one."""
        rows = log(*[("web", hour % 24, "up") for hour in range(5000)])
        without_key = [{"at": "2026-03-03T05:00:00Z", "state": "down"}] * 5000
        batch = sla.alarms_from_changes([*rows, *without_key], down="down", key="monitor", on_invalid="quarantine")
        assert (len(batch), len(batch.rejected)) == (0, 5000)
        assert batch.rejected[0].reasons == ("alarms[5000].monitor is empty; every change needs a key",)

    def test_rows_of_a_broken_table_are_faults_as_wholes(self) -> None:
        """As of csv.DictReader."""
        rows: list[Any] = [*log(*WEB), {**log(*WEB)[0], None: ["x"]}]
        with pytest.raises(sla.InvalidAlarmsError, match=r"alarms\[3\] has more fields than the header"):
            sla.alarms_from_changes(rows, down="down")

    def test_a_log_without_end_is_not_read_to_its_end(self) -> None:
        """Where bad rows are to be raised, some thousands are enough."""
        with pytest.raises(sla.InvalidAlarmsError) as caught:
            sla.alarms_from_changes(iter(lambda: {"at": "x", "state": "down"}, None), down="down")
        assert MOST_FAULTS <= len(caught.value.exceptions) < 2 * MOST_FAULTS

    @pytest.mark.parametrize(
        ("rows", "options", "error", "message"),
        [
            (
                log(*WEB),
                {"key": "host"},
                sla.InvalidValueError,
                "rows has no column 'host'; it has 'monitor', 'at', 'state'",
            ),
            (log(*WEB), {"at": "time"}, sla.InvalidValueError, "has no column 'time'; it has 'monitor'"),
            (log(*WEB), {"state": "event"}, sla.InvalidValueError, "name the right one as state"),
            ([{f"c{n}": 1 for n in range(3000)}], {}, sla.InvalidValueError, "has 3,000 columns, more than 2,000"),
            ([], {"down": []}, sla.InvalidValueError, "down names no word"),
            ([], {"up": ["UP", "Down"]}, sla.InvalidValueError, "up and down both name 'down'"),
            ([], {"before": "maybe"}, sla.InvalidValueError, "before is 'maybe'; give one of 'auto', 'unknown', 'up'"),
            ([], {"down": 1.5}, sla.InvalidTypeError, "down is 1.5; give a word or several"),
            ([], {"up": [None]}, sla.InvalidTypeError, "up is None; give words as text"),
            ([], {"key": 7}, sla.InvalidTypeError, "key is 7; give the name of a column"),
            ([], {"at": None}, sla.InvalidTypeError, "at is None; give the name of a column"),
            ([], {"on_invalid": "skip"}, sla.InvalidValueError, "on_invalid is 'skip'"),
            ([], {"times_in": "Berlin"}, sla.InvalidValueError, "times_in is 'Berlin'"),
            ("text", {}, sla.InvalidTypeError, "rows is 'text'; give several mappings"),
            ([17], {}, sla.InvalidTypeError, "alarms[0] is 17; give mappings"),
        ],
    )
    def test_impossible_arguments_are_refused(
        self, rows: Any, options: dict[str, Any], error: type[Exception], message: str
    ) -> None:
        """One message, that names what is wrong."""
        with pytest.raises(error) as caught:
            sla.alarms_from_changes(rows, **{"down": "down", **options})
        assert message in str(caught.value)


changes = st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 23), st.sampled_from(["up", "down"])), max_size=12)


@given(changes)
def test_the_outages_are_the_instants_at_which_the_last_row_says_down(rows: list[tuple[str, int, str]]) -> None:
    """Hour by hour, by the plainest count; the same for the time that is known."""
    batch = sla.alarms_from_changes(log(*rows), down="down", key="monitor", before="unknown")
    reports = sla.evaluate_each(batch, by="monitor", inventory=["a", "b"], **DAY)
    for key in "ab":
        states = []
        for hour in range(24):
            earlier = [row for row in rows if row[0] == key and row[1] <= hour]
            states.append(
                max(enumerate(earlier), key=lambda pair: (pair[1][1], pair[0]))[1][2] if earlier else "unknown"
            )
        counted = {state.upper(): float(states.count(state)) for state in set(states)}
        assert hours(reports[key]) == counted


@given(changes, st.randoms())
def test_order_of_rows_at_different_times_changes_nothing(rows: list[tuple[str, int, str]], generator: Any) -> None:
    """Exports are sorted either way, or not at all."""
    distinct = list({(key, hour): (key, hour, state) for key, hour, state in rows}.values())
    shuffled = list(distinct)
    generator.shuffle(shuffled)
    for before in ("auto", "unknown", "up", "down"):
        one, other = (
            sla.alarms_from_changes(log(*some), down="down", key="monitor", before=before)
            for some in (distinct, shuffled)
        )
        assert sorted(zip(one.starts_us, one.ends_us, strict=True)) == sorted(
            zip(other.starts_us, other.ends_us, strict=True)
        )
        assert (one.monitored, one.monitored_by, one.assumptions) == (
            other.monitored,
            other.monitored_by,
            other.assumptions,
        )
