"""What the page asks, shows and lets people do."""

from __future__ import annotations

import csv
import threading
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.canned import Answer, Question, Responder, problem
from tests.browser.conftest import VisitPage
from tests.browser.facts import (
    OUTAGES,
    TODAY,
    UNMONITORED,
    Record,
    alarm,
    ending,
    history,
    incident,
    local,
    plain,
    provider,
    record,
    unmeasured,
)
from tests.browser.visits import Visit

WAITING = "SLA analytics will appear once the telemetry backend publishes historical availability data."
FIRST_REQUEST = "sla/compliance?days=30&exclude_maintenance=true&detail=full"


def only(*records: Record) -> Responder:
    """A provider with just these days."""
    return provider(lambda _: records)


def card(visit: Visit, name: str) -> str:
    """The figure and the note of one summary card."""
    return (
        " ".join(visit.page.locator(f".card:has(dt:text-is('{name}')) dd").all_inner_texts())
        .replace("\u202f", " ")
        .replace("\u00a0", " ")
    )


def labels(visit: Visit, selector: str) -> list[str]:
    """Text drawn in a picture."""
    return visit.page.locator(f"{selector} .tick").all_text_contents()


class TestRequests:
    def test_a_page_view_is_one_request_for_the_days_and_one_for_each_part(self, visit: VisitPage) -> None:
        """The days first; resources, which cost the server most, once they come into view; no other server is asked."""
        seen = visit(provider()).settled("ready")
        seen.page.wait_for_load_state("networkidle")
        assert seen.asked[0] == FIRST_REQUEST
        assert sorted(seen.asked[1:]) == [
            "sla/budget?period=month&exclude_maintenance=true",
            "sla/report-formats",
            "sla/tenants?limit=1000",
            "sla/trend?period=week&count=2&exclude_maintenance=true",
        ]
        assert seen.origins == {seen.page.url.split("?")[0].rstrip("/")}

    def test_a_choice_is_one_request_more_and_survives_a_reload(self, visit: VisitPage) -> None:
        """Range and maintenance stand in the address."""
        seen = visit(provider()).settled("ready")
        seen.page.get_by_text("90 days", exact=True).click()
        expect(seen.page.locator(".day")).to_have_count(90)
        seen.page.get_by_text("Exclude maintenance").click()
        seen.page.wait_for_load_state("networkidle")
        seen.page.reload()
        seen.settled("ready").page.wait_for_load_state("networkidle")
        last = "sla/compliance?days=90&exclude_maintenance=false&detail=full"
        wide = "sla/compliance?days=90&exclude_maintenance=true&detail=full"
        assert seen.asked_for("sla/compliance") == [FIRST_REQUEST, wide, last, last]

    def test_a_late_answer_never_replaces_a_newer_choice(self, visit: VisitPage) -> None:
        """The 30 days that come last are not drawn over the 7 days chosen meanwhile."""
        gate = threading.Event()

        def respond(question: Question) -> Answer:
            answer = provider()(question)
            return replace(answer, after=gate) if question.query.get("days") == "30" else answer

        seen = visit(respond).settled("loading")
        seen.page.get_by_text("7 days", exact=True).click()
        seen.settled("ready")
        gate.set()
        seen.page.wait_for_load_state("networkidle")
        expect(seen.page.locator(".day")).to_have_count(7)
        seen.assert_sound()


class TestFigures:
    def test_the_summary_comes_from_exact_lengths(self, visit: VisitPage) -> None:
        """Downtime is the sum of seconds, availability its share of what was measured, cut at two digits."""
        seen = visit(provider()).settled("ready")
        assert card(seen, "Availability") == "99.57% Breached target 99.90%"
        assert card(seen, "Downtime") == "2h52min51s In 28 measured days"
        assert card(seen, "Breached days") == "5of 28 Below the target"
        assert card(seen, "Worst day") == "95.27% On Sat, Oct 18"

    def test_the_promised_keys_are_enough(self, visit: VisitPage) -> None:
        """Without detail the same figures come from whole minutes."""
        seen = visit(provider(lambda days: plain(history(days)))).settled("ready")
        assert card(seen, "Availability").startswith("99.56%")
        assert card(seen, "Downtime") == "2h55min In 28 measured days"
        assert seen.page.locator("#chart .gap").count() == 1
        seen.day("2025-10-18").click()
        expect(seen.page.locator(".incidents > li")).to_have_count(3)
        seen.assert_sound()

    def test_a_second_lost_in_thirty_days_is_not_100(self, visit: VisitPage) -> None:
        """The share is cut, not rounded."""
        seen = visit(only(*(record(TODAY - timedelta(days=ago), int(ago == 7)) for ago in reversed(range(30)))))
        assert card(seen.settled("ready"), "Availability").startswith("99.99%")
        assert card(seen, "Worst day").startswith("99.99%")

    def test_a_perfect_range_says_so(self, visit: VisitPage) -> None:
        """Nothing lost is 100, no breach, no downtime."""
        seen = visit(only(record(TODAY))).settled("ready")
        assert card(seen, "Availability") == "100.00% Met target 99.90%"
        assert card(seen, "Downtime") == "0min In 1 measured day"
        assert card(seen, "Worst day") == "100.00% No downtime on any day"

    def test_a_range_that_is_not_confirmed_says_so(self, visit: VisitPage) -> None:
        """100 on record is no promise kept where a doubt could change the verdict; nor is a breach certain."""
        seen = visit(provider(lambda _: [record(TODAY)], X_SLA_Confirmed="false")).settled("ready")
        assert card(seen, "Availability") == "100.00% Not confirmed target 99.90%"
        assert card(seen, "Breached days") == "0of 1 None on record"
        assert card(seen, "Worst day") == "100.00% No downtime on record"
        assert seen.text("#status") == "30 days: availability 100.00%, not confirmed, 0 breached days"
        seen.assert_sound()
        breached = visit(provider(lambda _: [record(TODAY, 9_000)], X_SLA_Confirmed="false")).settled("ready")
        assert card(breached, "Availability").endswith("Breached, unconfirmed target 99.90%")

    def test_a_day_whose_beginning_was_purged_is_in_no_card(self, visit: VisitPage) -> None:
        """It stays in the chart."""
        cut = record(TODAY - timedelta(days=1), 9_000) | {"is_in_totals": False}
        seen = visit(provider(lambda _: [cut, record(TODAY)], X_SLA_Verdict="MET")).settled("ready")
        assert card(seen, "Availability") == "100.00% Met target 99.90%"
        assert card(seen, "Downtime") == "0min In 1 measured day"
        assert seen.page.locator("#chart .marker.breached").count() == 1

    def test_percentages_are_shown_as_sent(self, visit: VisitPage) -> None:
        """No digit of the server's is rounded away, none is added."""
        sharp = record(TODAY) | {"compliance_percentage": 99.98765, "target_percentage": 99.98766, "sla_breaches": 1}
        seen = visit(only(sharp)).settled("ready")
        assert "99.98765% of 99.98766%" in (seen.day("2025-10-26").get_attribute("aria-label") or "")
        assert card(seen, "Worst day").startswith("99.98765%")

    def test_what_is_known_of_the_data_is_said(self, visit: VisitPage) -> None:
        """Method and data quality stand below the figures, each once."""
        doubt = {"quality": {"lines": ["3 alarms open and unseen for 7 days cause 98 % of the downtime"]}}
        seen = visit(only(record(TODAY - timedelta(days=1)) | doubt, record(TODAY) | doubt)).settled("ready")
        assert seen.page.locator("#method h2").all_inner_texts() == ["Data quality", "Method"]
        assert doubt["quality"]["lines"][0] in seen.text("#method")

    def test_the_table_holds_every_day(self, visit: VisitPage) -> None:
        """Latest first, with what was not measured as such."""
        seen = visit(provider()).settled("ready")
        seen.page.get_by_text("All figures in a table").click()
        rows = seen.page.locator("tbody tr")
        assert rows.count() == 30
        assert rows.first.locator("th").inner_text() == "Sun, Oct 26, 2025"
        assert rows.filter(has_text="No data").count() == len(UNMONITORED)

    def test_rows_pass_below_the_head_of_their_table(self, visit: VisitPage) -> None:
        """No verdict shines through it while the table is scrolled."""
        page = visit(provider(), "?days=90").settled("ready").page
        page.get_by_text("All figures in a table").click()
        page.locator("#figures").scroll_into_view_if_needed()
        hit = """() => {
          const { left, top, height } = document.querySelector("#figures thead th:last-child").getBoundingClientRect();
          return document.elementFromPoint(left + 34, top + height / 2).tagName;
        }"""
        hits = set()
        for scrolled in range(0, 48, 4):
            page.locator("#figures").evaluate("(it, scrolled) => { it.scrollTop = scrolled; }", scrolled)
            hits.add(page.evaluate(hit))
        assert hits == {"TH"}


class TestChart:
    @pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles"])
    def test_dates_are_the_tenants(self, visit: VisitPage, zone: str) -> None:
        """The browser's zone, 12 hours ahead or 9 behind, moves no day."""
        seen = visit(provider(), timezone_id=zone).settled("ready")
        assert seen.text("#period") == "Sep 27 \u2013 Oct 26, 2025 · Europe/Berlin"
        assert labels(seen, "#chart")[-1] == "Oct 26"
        assert seen.page.locator(".day").first.get_attribute("data-date") == "2025-09-27"

    def test_it_is_300_pixels_high_with_a_dashed_target(self, visit: VisitPage) -> None:
        """As the platform's front end draws it."""
        seen = visit(provider()).settled("ready")
        box = seen.page.locator("#chart svg").bounding_box()
        assert box is not None
        assert box["height"] == 300
        assert seen.page.locator("#chart .target").evaluate("it => getComputedStyle(it).strokeDasharray") != "none"

    @pytest.mark.parametrize(
        ("down", "floor", "below"),
        [(0, "99.80%", 0), (86, "99.80%", 0), (400, "99.50%", 0), (700, "99.00%", 0), (2_000, "99.00%", 1)],
    )
    def test_the_axis_holds_target_and_worst_day(self, visit: VisitPage, down: int, floor: str, below: int) -> None:
        """Unless the day is so far below that the target would stand at the top: then it is marked, with its figure."""
        seen = visit(only(record(TODAY, down))).settled("ready")
        ticks = [label for label in labels(seen, "#chart") if label.endswith("%")]
        assert (ticks[0], ticks[-1]) == (floor, "100.00%")
        assert seen.page.locator("#chart .below").count() == below
        assert seen.page.locator("#chart .value").all_text_contents() == ["97.77%"] * below

    def test_figures_below_the_axis_do_not_cover_each_other(self, visit: VisitPage) -> None:
        """A figure at the edge is moved into the plot, towards its neighbour."""
        days = [record(TODAY - timedelta(days=ago), 9_000 if ago in (0, 6) else 0) for ago in reversed(range(30))]
        seen = visit(only(*days), viewport={"width": 390, "height": 844}).settled("ready")
        assert seen.page.locator("#chart .below").count() == 2
        boxes = [value.bounding_box() for value in seen.page.locator("#chart .value").all()]
        edges = [(box["x"], box["x"] + box["width"]) for box in boxes if box is not None]
        assert all(end <= start for (_, end), (start, _) in pairwise(edges))

    def test_a_day_outside_of_what_was_agreed_says_so(self, visit: VisitPage) -> None:
        """A closed Sunday is no loss of data."""
        closed = unmeasured(TODAY) | {"segments": {"OUT_OF_HOURS/UP": 90_000_000_000, "OUT_OF_HOURS/DOWN": 0}}
        seen = visit(only(record(TODAY - timedelta(days=1)), closed)).settled("ready")
        day = seen.day(TODAY.isoformat())
        assert (day.get_attribute("aria-label") or "").endswith(": outside service hours")
        day.hover()
        assert seen.text(".tooltip").endswith("Outside service hours")
        day.click()
        expect(seen.page.locator("#day .facts")).to_contain_text("Outside service hours")

    def test_a_day_without_a_record_is_a_gap(self, visit: VisitPage) -> None:
        """The range keeps its length; what was not measured is hatched, not joined by a line."""
        days = [record(TODAY - timedelta(days=ago)) for ago in (9, 8, 5, 0)]
        seen = visit(only(*days)).settled("ready")
        expect(seen.page.locator(".day")).to_have_count(30)
        assert seen.page.locator("#chart .line").count() == 3
        assert seen.page.locator("#chart .gap").count() == 3
        assert "no availability measured" in (seen.day("2025-10-25").get_attribute("aria-label") or "")

    def test_a_day_in_doubt_is_hatched_and_says_how_much(self, visit: VisitPage) -> None:
        """Half of it may have been down: the chart, its legend, the tooltip and the day's panel say so."""
        doubt = {"is_confirmed": False, "low_percentage": 50.0, "high_percentage": 100.0}
        seen = visit(only(record(TODAY - timedelta(days=1)) | doubt, record(TODAY))).settled("ready")
        assert seen.page.locator("#chart .doubt").count() == 1
        assert "Partly unknown" in seen.text("#legend")
        day = seen.day((TODAY - timedelta(days=1)).isoformat())
        assert (day.get_attribute("aria-label") or "").endswith("up to 12\u202fh unknown")
        day.hover()
        assert "up to 12 h unknown" in seen.text(".tooltip")
        day.click()
        expect(seen.page.locator(".facts")).to_contain_text("unknown")
        seen.page.get_by_text("All figures in a table").click()
        assert "up to 12 h unknown" in seen.text("tbody tr:nth-child(2)")

    def test_breached_days_have_a_shape_and_a_word(self, visit: VisitPage) -> None:
        """Not the colour alone tells them apart."""
        seen = visit(provider()).settled("ready")
        assert seen.page.locator("#chart .marker.breached").count() == 5
        assert seen.page.locator("#chart .marker.at_risk").count() == 1
        assert ", breached, " in (seen.day("2025-10-18").get_attribute("aria-label") or "")
        assert seen.text("#legend") == "Availability Target 99.90% Breached day Day at risk Below the axis No data"

    def test_pointing_at_a_day_tells_its_figures(self, visit: VisitPage) -> None:
        """And the card goes when the pointer does."""
        seen = visit(provider()).settled("ready")
        seen.day("2025-10-18").hover()
        tip = "Saturday, October 18, 2025 95.27% Breached Target 99.90% Downtime 1 h 8 min"
        assert seen.text(".tooltip") == tip
        seen.page.mouse.move(0, 0)
        expect(seen.page.locator(".tooltip")).to_be_hidden()

    def test_it_keeps_to_the_width_of_the_screen(self, visit: VisitPage) -> None:
        """Turning a phone draws the chart anew, with the day that is open still marked."""
        seen = visit(provider(), viewport={"width": 390, "height": 844}).settled("ready")
        seen.day("2025-10-18").click()
        seen.page.set_viewport_size({"width": 844, "height": 390})
        expect(seen.page.locator("#chart svg")).to_have_attribute("width", "746")
        expect(seen.day("2025-10-18")).to_have_attribute("aria-pressed", "true")


class TestKeyboard:
    def test_arrows_walk_the_days(self, visit: VisitPage) -> None:
        """One stop of the Tab key for the whole chart; it starts at the latest day and stops at the ends."""
        seen = visit(provider()).settled("ready")
        seen.page.locator("#download").focus()
        seen.page.keyboard.press("Tab")
        for key, day in [
            ("End", "2025-10-26"),
            ("ArrowRight", "2025-10-26"),
            ("ArrowLeft", "2025-10-25"),
            ("PageUp", "2025-10-18"),
            ("Home", "2025-09-27"),
            ("PageDown", "2025-10-04"),
        ]:
            seen.page.keyboard.press(key)
            expect(seen.day(day)).to_be_focused()
        expect(seen.page.locator(".tooltip")).to_be_visible()
        seen.page.keyboard.press("Escape")
        expect(seen.page.locator(".tooltip")).to_be_hidden()
        assert seen.page.locator(".day[tabindex='0']").count() == 1

    def test_enter_opens_a_day_and_escape_comes_back(self, visit: VisitPage) -> None:
        """The focus follows: to the day's heading, and back to the day."""
        seen = visit(provider()).settled("ready")
        seen.day("2025-10-26").focus()
        seen.page.keyboard.press("ArrowLeft")
        seen.page.keyboard.press("Enter")
        expect(seen.page.locator("#day-heading")).to_be_focused()
        expect(seen.page.locator("#day-heading")).to_have_text("Saturday, October 25, 2025")
        seen.page.keyboard.press("Escape")
        expect(seen.page.locator("#day")).to_be_hidden()
        expect(seen.day("2025-10-25")).to_be_focused()


class TestDay:
    def test_a_click_asks_for_that_days_incidents(self, visit: VisitPage) -> None:
        """Incidents with their alarms, numbered as on the timeline; those from the day before say so."""
        seen = visit(provider()).settled("ready")
        seen.day("2025-10-18").click()
        items = seen.page.locator(".incidents > li")
        expect(items).to_have_count(3)
        assert seen.asked_for("sla/incidents") == ["sla/incidents?date=2025-10-18&exclude_maintenance=true"]
        assert items.first.locator("h3").inner_text().startswith("Oct 17, 23:40 \u2013 00:05:30")
        assert "5 min 30 s of it counted" in items.first.inner_text().replace("\u202f", " ")
        assert items.nth(1).locator(".alarms li").count() == 3
        expect(seen.page.locator(".timeline .number")).to_have_text(["1", "2", "3"])
        assert "Agreed time, down" in seen.text(".makeup")

    def test_a_day_counts_maintenance_as_the_switch_stands(self, visit: VisitPage) -> None:
        """The panel's request carries the switch, so its incidents sum to the downtime in its heading."""
        start, end = local(TODAY, time(9)), local(TODAY, time(10))

        def respond(question: Question) -> Answer:
            counted = 3600 if question.query["exclude_maintenance"] == "false" else 1200
            outage = incident(start, end, 3600, alarm(start, end), counted=counted)
            return provider(lambda _: [record(TODAY, counted)], lambda _: [outage])(question)

        seen = visit(respond).settled("ready")
        seen.day("2025-10-26").click()
        expect(seen.page.locator(".incidents h3")).to_contain_text("20\u202fmin of it counted")
        assert "20 min down" in seen.text("#day .facts")
        seen.page.get_by_text("Exclude maintenance").click()
        expect(seen.page.locator("#day")).to_be_hidden()
        seen.settled("ready").day("2025-10-26").click()
        expect(seen.page.locator(".incidents h3")).not_to_contain_text("of it counted")
        assert "1 h down" in seen.text("#day .facts")
        flags = [question.partition("exclude_maintenance=")[2] for question in seen.asked if "incidents" in question]
        assert flags == ["true", "false"]

    @pytest.mark.parametrize(
        ("day", "zone", "expected"),
        [
            (date(2025, 10, 18), "Europe/Berlin", "00:00 06:00 12:00 18:00 24:00"),
            (date(2025, 10, 26), "Europe/Berlin", "00:00 06:00 12:00 18:00 24:00"),
            (date(2025, 10, 26), None, "+0 h +6 h +12 h +18 h +24 h"),
            (date(2025, 10, 26), "Mars/Olympus_Mons", "+0 h +6 h +12 h +18 h +24 h"),
            (date(2025, 3, 30), "Europe/Berlin", "00:00 06:00 12:00 18:00 24:00"),
        ],
    )
    def test_the_timeline_is_as_long_as_the_day(
        self, visit: VisitPage, day: date, zone: str | None, expected: str
    ) -> None:
        """23, 24 or 25 hours; hours of the wall clock where they are known, else elapsed ones."""
        seen = visit(only(record(day) | {"zone": zone}), viewport={"width": 500, "height": 800}).settled("ready")
        seen.day(day.isoformat()).click()
        seen.page.locator(".timeline").wait_for()
        hours = {date(2025, 10, 26): 25, date(2025, 3, 30): 23}.get(day, 24)
        assert seen.page.locator(".timeline").get_attribute("aria-label") == f"{hours} hours, 3 incidents"
        assert labels(seen, ".timeline") == expected.replace(" h", "_h").replace(" ", "|").replace("_h", " h").split(
            "|"
        )

    def test_six_in_the_morning_is_seven_hours_into_a_day_of_25(self, visit: VisitPage) -> None:
        """Marks stand where their hour really is."""
        seen = visit(provider(), viewport={"width": 500, "height": 800}).settled("ready")
        seen.day("2025-10-26").click()
        seen.page.locator(".timeline").wait_for()
        share = (
            seen.page.locator(".timeline .tick")
            .nth(1)
            .evaluate("it => it.getAttribute('x') / it.ownerSVGElement.clientWidth")
        )
        assert share == pytest.approx(7 / 25)

    def test_an_hour_that_comes_twice_carries_its_offset(self, visit: VisitPage) -> None:
        """02:30 is ambiguous on the day of the clock change."""
        again = local(TODAY, time(2, 30)).replace(fold=1)
        twice = incident(again, again + timedelta(hours=1), 3600, alarm(again, again + timedelta(hours=1)))
        seen = visit(provider(incidents=lambda _: [twice])).settled("ready")
        seen.day("2025-10-26").click()
        assert seen.text(".incidents h3").startswith("02:30 (+01:00) \u2013 03:30 (+01:00)")

    def test_an_alarm_still_active_has_no_end(self, visit: VisitPage) -> None:
        """Its bar is of another kind and the words say so."""
        start = local(TODAY, time(20))
        seen = visit(provider(incidents=lambda _: [incident(start, None, 600, alarm(start, None))])).settled("ready")
        seen.day("2025-10-26").click()
        expect(seen.page.locator(".outage.open")).to_have_count(1)
        assert "still active" in seen.text(".incidents h3")
        assert "10 min so far" in seen.text(".incidents h3")

    def test_what_an_answer_leaves_out_is_said(self, visit: VisitPage) -> None:
        """Alarms of an incident, and incidents of the day."""
        start, end = local(TODAY, time(2)), local(TODAY, time(3))
        storm = incident(start, end, 3600, alarm(start, end)) | {"alarm_count": 31}

        def respond(question: Question) -> Answer:
            is_day = question.path == "sla/incidents"
            return Answer(ending(TODAY, [storm]) | {"total": 2}) if is_day else provider()(question)

        seen = visit(respond).settled("ready")
        seen.day("2025-10-26").click()
        expect(seen.page.locator(".incidents > li")).to_contain_text("30 later alarms not listed.")
        expect(seen.page.locator("#day")).to_contain_text("1 later incident not listed.")

    def test_text_from_the_network_stays_text(self, visit: VisitPage) -> None:
        """Markup in a title is shown, not obeyed."""
        start = local(TODAY, time(9))
        title = "<img src=x onerror=alert(1)>"
        hostile = incident(start, start, 0, alarm(start, start, title=title, severity="<b>"))
        seen = visit(provider(incidents=lambda _: [hostile])).settled("ready")
        seen.day("2025-10-26").click()
        assert title in seen.text(".alarm-name")
        assert seen.page.locator("#day img, #day b").count() == 0
        seen.assert_sound()

    def test_a_storm_of_alarms_is_folded(self, visit: VisitPage) -> None:
        """The first five are shown, the others wait behind their number."""
        start = local(TODAY, time(9))
        storm = incident(start, start, 0, *[alarm(start, start, title=f"Port {port}") for port in range(40)])
        seen = visit(provider(incidents=lambda _: [storm])).settled("ready")
        seen.day("2025-10-26").click()
        seen.page.get_by_text("35 more alarms").click()
        expect(seen.page.locator(".alarms li")).to_have_count(40)
        expect(seen.page.get_by_text("Port 39")).to_be_visible()
        seen.assert_sound()

    @pytest.mark.parametrize("is_older", [True, False])
    def test_a_figure_that_is_older_than_the_list_is_said(self, visit: VisitPage, *, is_older: bool) -> None:
        """In one line, with the time at which it was measured."""
        works = provider()

        def respond(question: Question) -> Answer:
            answer = works(question)
            if question.path != "sla/incidents":
                return answer
            assert isinstance(answer.body, dict)
            measured = local(TODAY, time(14, 3)).isoformat()
            figure = {"downtime_seconds": 60, "as_of": measured, "is_older": is_older}
            return Answer({**answer.body, "figure": figure})

        seen = visit(respond).settled("ready")
        seen.day("2025-10-26").click()
        expect(seen.page.locator(".incidents > li")).to_have_count(3)
        line = seen.page.get_by_text("it was measured at 14:03")
        expect(line).to_have_count(1 if is_older else 0)

    def test_when_incidents_fail_the_chart_stays(self, visit: VisitPage) -> None:
        """The panel says why and tries again by itself."""
        answers = iter([problem(503, "Source unavailable", "The alarm database is down.", Retry_After="30")])
        works = provider()
        seen = visit(lambda asked: next(answers, works(asked)) if "incidents" in asked.path else works(asked))
        seen.settled("ready").day("2025-10-18").click()
        assert "The alarm database is down. The server asks to wait 30 seconds." in seen.text(".inline-failure")
        seen.page.locator(".inline-failure button").click()
        expect(seen.page.locator(".incidents > li")).to_have_count(3)


class TestDownload:
    def test_it_holds_what_is_shown(self, visit: VisitPage, tmp_path: Path) -> None:
        """Every day with a record, figures as sent."""
        rows = self.downloaded(visit(provider()), tmp_path)
        assert len(rows) == 30
        assert rows[-9]["compliance_percentage"] == "95.27"
        assert rows[-9]["downtime_seconds"] == str(OUTAGES[8])
        assert rows[-1 - UNMONITORED[0]]["compliance_percentage"] == ""

    def test_a_spreadsheet_runs_none_of_it(self, visit: VisitPage, tmp_path: Path) -> None:
        """Text that begins like a formula is defused, quotes and commas are kept."""
        hostile = record(TODAY) | {"verdict": '=HYPERLINK("http://x","y")'}
        (row,) = self.downloaded(visit(only(hostile)), tmp_path)
        assert row["verdict"] == '\'=HYPERLINK("http://x","y")'

    def test_sample_data_stays_here(self, visit: VisitPage) -> None:
        """Made-up figures carry a banner and cannot be exported."""
        seen = visit(provider(X_SLA_Sample_Data="true")).settled("ready")
        expect(seen.page.locator("#sample")).to_be_visible()
        expect(seen.page.locator("#download")).to_be_disabled()

    def downloaded(self, seen: Visit, folder: Path) -> list[dict[str, str]]:
        seen.settled("ready")
        with seen.page.expect_download() as download:
            seen.page.locator("#download").click()
        assert download.value.suggested_filename.endswith("_2025-10-26.csv")
        path = folder / "days.csv"
        download.value.save_as(path)
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


class TestStates:
    @pytest.mark.parametrize("records", [[], [unmeasured(TODAY)]], ids=["no record", "nothing measured"])
    def test_no_data_waits_for_telemetry(self, visit: VisitPage, records: list[Record]) -> None:
        """An empty list, or one in which nothing counts, is not an empty chart."""
        assert WAITING in visit(only(*records)).settled("empty").text("#empty")

    def test_an_error_says_why_and_can_be_retried(self, visit: VisitPage) -> None:
        """The server's own words, and a button that asks again."""
        answers = iter([problem(503, "Source unavailable", "The alarm database is down.", Retry_After="30")])
        works = provider()
        seen = visit(lambda asked: next(answers, works(asked))).settled("failed")
        assert "Source unavailable The alarm database is down. The server asks to wait 30 seconds." in seen.text(
            "#failed"
        )
        seen.page.get_by_role("button", name="Try again").click()
        seen.settled("ready")

    @pytest.mark.parametrize(
        ("body", "status", "title"),
        [
            (b"<html>Bad gateway</html>", 502, "The request failed The server answered with status 502."),
            (b"<html>Welcome</html>", 200, "The answer cannot be read The server sent something other than JSON."),
        ],
    )
    def test_an_answer_that_is_no_json_is_an_error(
        self, visit: VisitPage, body: bytes, status: int, title: str
    ) -> None:
        """A proxy's page breaks nothing."""
        assert title in visit(lambda _: Answer(body, status)).settled("failed").text("#failed")

    def test_a_server_out_of_reach_is_an_error(self, visit: VisitPage) -> None:
        """Losing the network shows the same view, with a retry."""
        seen = visit(provider()).settled("ready")
        seen.page.context.set_offline(True)
        seen.page.get_by_text("7 days", exact=True).click()
        assert "The server cannot be reached" in seen.settled("failed").text("#failed")
        seen.page.context.set_offline(False)
        seen.page.locator("#retry").click()
        seen.settled("ready")

    @pytest.mark.parametrize(("motion", "animation"), [("reduce", "none"), ("no-preference", "appear, breathe")])
    def test_who_wants_no_motion_gets_none(self, visit: VisitPage, motion: str, animation: str) -> None:
        """The skeleton breathes only for the others."""
        gate = threading.Event()
        seen = visit(lambda _: Answer([], after=gate), reduced_motion=motion).settled("loading")
        assert seen.page.locator(".ghost").first.evaluate("it => getComputedStyle(it).animationName") == animation
        gate.set()
        seen.settled("empty")


class TestToken:
    @staticmethod
    def guarded(question: Question) -> Answer:
        """Only the token `right` may read; `foreign` is of another tenant."""
        bearer = question.headers.get("Authorization")
        if bearer == "Bearer right":
            return provider()(question)
        if bearer == "Bearer foreign":
            return problem(403, "Forbidden", "The token does not hold this tenant.")
        return problem(401, "Unauthorized", "A valid bearer token is needed.")

    def test_it_comes_in_the_fragment_and_leaves_the_address(self, visit: VisitPage) -> None:
        """Kept for this tab: a reload needs it no more."""
        seen = visit(self.guarded, "#token=right").settled("ready")
        assert "token" not in seen.page.url
        seen.page.reload()
        seen.settled("ready")

    def test_without_one_the_page_asks(self, visit: VisitPage) -> None:
        """A form with the field in focus; a refused token is said to be refused."""
        seen = visit(self.guarded).settled("sign-in")
        expect(seen.page.get_by_label("Access token")).to_be_focused()
        seen.page.keyboard.type("wrong")
        seen.page.keyboard.press("Enter")
        expect(seen.page.locator("#sign-in-detail")).to_contain_text("The token was refused.")
        seen.page.get_by_label("Access token").fill(" right ")
        seen.page.get_by_role("button", name="Show compliance").click()
        seen.settled("ready")
        assert len(seen.asked_for("sla/compliance")) == 3

    def test_a_token_of_somebody_else_can_be_changed(self, visit: VisitPage) -> None:
        """403 says why and offers another token."""
        seen = visit(self.guarded, "#token=foreign").settled("failed")
        assert "The token does not hold this tenant." in seen.text("#failed")
        seen.page.get_by_role("button", name="Use another token").click()
        seen.page.get_by_label("Access token").fill("right")
        seen.page.keyboard.press("Enter")
        seen.settled("ready")

    def test_one_that_runs_out_is_asked_for_anew(self, visit: VisitPage) -> None:
        """Also where the question was for a day's incidents."""
        expired = problem(401, "Unauthorized", "The token has expired.")
        works = provider()
        seen = visit(lambda asked: expired if "incidents" in asked.path else works(asked), "#token=right")
        seen.settled("ready").day("2025-10-18").click()
        assert "The token was refused. The token has expired." in seen.settled("sign-in").text("#sign-in")
