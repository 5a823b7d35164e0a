"""What an operations room needs of the page: months, what is left, what is worst, what is excused, how old it is."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.besides import (
    BUDGET,
    OVERVIEW,
    RESOURCES,
    TENANTS,
    TREND,
    everything,
    maintenance_day,
    stretch,
    with_stretches,
)
from tests.browser.canned import Answer, Question, problem
from tests.browser.conftest import VisitPage
from tests.browser.facts import TODAY, ZONE, Record, alarm, history, incident, local, provider, record, unmeasured

GERMAN = {"locale": "de-DE"}
BRITISH = {"locale": "en-GB"}
UNITS_S = {"h": 3600, "min": 60, "s": 1}


def seconds(text: str) -> int:
    """Read a length as the page writes it: "1 h 2 min 3 s"; none is 0."""
    parts = re.findall(r"([\d,.]+)\s*(h|min|s)(?![a-z])", text)
    return 0 if "under" in text else sum(int(re.sub(r"\D", "", count)) * UNITS_S[unit] for count, unit in parts)


def fractional(ago: int) -> Record:
    """A day with downtime to the microsecond."""
    down = [0.4, 12.483921, 7.9, 0.0, 3_600.000001][ago % 5]
    row = record(TODAY - timedelta(days=ago), 0)
    lengths = {"downtime_seconds": down, "uptime_seconds": row["uptime_seconds"] - down}
    return row | lengths


class TestRanges:
    def test_this_month_and_the_last_one_are_those_of_the_tenant(self, visit: VisitPage) -> None:
        """By the tenant's calendar; the one in progress has no end."""
        seen = visit(provider()).settled("ready")
        now = datetime.now(ZONE)
        first = now.date().replace(day=1)
        last = first - timedelta(days=1)
        seen.page.get_by_text("This month").click()
        seen.page.wait_for_load_state("networkidle")
        seen.page.get_by_text("Last month").click()
        seen.page.wait_for_load_state("networkidle")
        rest = "&exclude_maintenance=true&detail=full"
        assert seen.asked_for("sla/compliance")[1:] == [
            f"sla/compliance?from_date={first}{rest}",
            f"sla/compliance?from_date={last.replace(day=1)}&to_date={last}{rest}",
        ]
        assert "month=last" in seen.page.url

    def test_any_month_is_shown_whole(self, visit: VisitPage) -> None:
        """Days without a record are gaps; the address keeps the month."""
        seen = visit(provider(), **BRITISH).settled("ready")
        seen.page.get_by_label("Another month").select_option("2025-10")
        expect(seen.page.locator("#chart .day")).to_have_count(31)
        assert seen.text("#period") == "1 \u2013 31 Oct 2025 · Europe/Berlin"
        seen.page.reload()
        seen.settled("ready")
        assert seen.asked_for("sla/compliance")[-1].startswith(
            "sla/compliance?from_date=2025-10-01&to_date=2025-10-31&"
        )
        assert seen.page.get_by_label("Another month").input_value() == "2025-10"
        seen.page.get_by_text("7 days", exact=True).click()
        expect(seen.page.locator("#chart .day")).to_have_count(7)
        assert seen.page.get_by_label("Another month").input_value() == ""
        seen.assert_sound()


class TestFigures:
    def test_sums_add_up_to_the_second(self, visit: VisitPage) -> None:
        """Rows and total of the table, whatever fractions the days have; no outage reads as nothing."""
        days = [fractional(ago) for ago in reversed(range(30))]
        seen = visit(provider(lambda _: days)).settled("ready")
        seen.page.get_by_text("All figures in a table").click()
        cells = seen.page.locator("#figures tbody td:nth-child(4)").all_inner_texts()
        total = seconds(seen.text("#figures tfoot td:nth-child(4)"))
        exact = sum(day["downtime_seconds"] for day in days)
        assert total == sum(map(seconds, cells)) == -int(-exact // 1)
        assert total == seconds(seen.text(".card:nth-child(2) .figure"))
        nothing = [text for text, day in zip(reversed(cells), days, strict=True) if day["downtime_seconds"] == 0]
        assert set(nothing) == {"0\u202fmin"}
        assert sum(text == "0\u202fmin" for text in cells) == len(nothing)

    def test_numbers_and_dates_are_the_readers(self, visit: VisitPage) -> None:
        """Of a German one; 100 stands only where nothing was lost, always with two decimals."""
        seen = visit(provider(), **GERMAN).settled("ready")
        assert seen.text("#period") == "27. Sept. \u2013 26. Okt. 2025 · Europe/Berlin"
        assert seen.text("#cards .card:first-child") == "Availability 99,57% Breached target 99,90 %"
        assert seen.text("#cards .card:last-child .note") == "On Sa., 18. Okt."
        ticks = [text for text in seen.page.locator("#chart .tick").all_text_contents() if "%" in text]
        assert [text.replace("\u00a0", " ") for text in ticks[::5]] == ["99,00 %", "100,00 %"]
        seen.page.get_by_text("All figures in a table").click()
        shares = seen.page.locator("#figures tbody td:nth-child(2)").all_inner_texts()
        assert all(re.fullmatch(r"\d{2,3},\d\d\u00a0%|\u2013", share) for share in shares)

    def test_a_day_is_a_plateau(self, visit: VisitPage) -> None:
        """The line has no slope and no curve: it is level through each day and upright between two."""
        seen = visit(provider()).settled("ready")
        for path in seen.page.locator("#chart path.line").all():
            assert re.fullmatch(r"M[\d. ]+(?:V[\d.]+H[\d.]+)+", path.get_attribute("d") or "")


class TestStanding:
    def test_the_budget_adds_up_and_names_its_deadline(self, visit: VisitPage) -> None:
        """Spent and left are what is allowed."""
        seen = visit(everything(), **BRITISH).settled("ready")
        budget = seen.page.locator("#standing > section").first
        expect(budget).to_contain_text("Error budget of October 2025")
        text = " ".join(budget.inner_text().split())
        left, spent, allowed = (
            seconds(re.search(pattern, text)[1])  # type: ignore[index]
            for pattern in (r"October 2025 Met (.+?) left", r"% (.+?) of", r" of ([^%]+?) spent")
        )
        assert left + spent == allowed == int(BUDGET["allowed_seconds"])
        assert "An outage that began now would break the month at Sun 26 Oct, 21:30:46." in text
        week = seen.text("#standing > section:last-child")
        assert week.startswith("Week beside week +3.54 percentage points ")
        assert week.endswith("This week to date 99.73% 4 min down Last week to the same hour 96.18% 55 min down")
        seen.assert_sound()

    @pytest.mark.parametrize(
        ("more", "words"),
        [
            ({"state": "BREACHED", "spent_seconds": 5_000, "deadline": None}, "38 min 41 s overspent"),
            (
                {"down_since": local(TODAY).isoformat()},
                "Down since Sun, Oct 26, 00:00. Restore by Sun, Oct 26, 21:30:46.",
            ),
            (
                {"state": "BREACHED", "deadline": None, "down_since": local(TODAY).isoformat()},
                "Down since Sun, Oct 26, 00:00. The month cannot be met any more. As of 21:03.",
            ),
            ({"deadline": None}, "No single outage can break the month any more."),
            ({"is_confirmed": False}, "Not confirmed"),
        ],
    )
    def test_each_state_of_the_budget_has_its_words(self, visit: VisitPage, more: Record, words: str) -> None:
        """Lost, down now, safe, in doubt."""
        seen = visit(everything(budget=BUDGET | more)).settled("ready")
        expect(seen.page.locator("#standing")).to_contain_text("spent")
        assert words in seen.text("#standing")

    def test_weeks_that_are_alike_differ_by_nothing_and_one_without_data_has_no_figures(self, visit: VisitPage) -> None:
        """Zero has as many decimals as other differences; no downtime is not "no data"."""
        alike = TREND[0] | {"points": 0.0}
        expect(visit(everything(trend=[alike])).settled("ready").page.locator("#standing")).to_contain_text(
            "0.00 percentage points"
        )
        lone = TREND[0] | {"before": unmeasured(TODAY - timedelta(days=7)), "points": None}
        seen = visit(everything(trend=[lone])).settled("ready")
        expect(seen.page.locator("#standing")).to_contain_text("No comparison")
        assert seen.text("#standing tr:last-child") == "Last week to the same hour \u2013 No data"

    def test_an_older_server_has_none_of_it_and_a_failing_one_says_so(self, visit: VisitPage) -> None:
        """A 404 hides the part for good, a 503 is told in its place."""
        down = problem(503, "Source unavailable", "The alarm database is down.")
        seen = visit(everything(budget=down, trend=Answer({}, 404))).settled("ready")
        expect(seen.page.locator("#standing > section")).to_have_count(1)
        assert seen.text("#standing") == "Error budget Source unavailable. The alarm database is down."
        older = visit(provider()).settled("ready")
        older.page.wait_for_load_state("networkidle")
        older.page.locator("#resources").scroll_into_view_if_needed()
        expect(older.page.locator("#resources")).to_be_hidden()
        expect(older.page.locator("#standing")).to_be_hidden()
        assert older.text("h1") == "SLA compliance"


class TestResources:
    def test_the_worst_are_listed_once_they_come_into_view(self, visit: VisitPage) -> None:
        """In the server's order, with how many there are; more on demand."""
        seen = visit(everything()).settled("ready")
        seen.page.wait_for_load_state("networkidle")
        assert seen.asked_for("sla/resources") == []
        seen.page.locator("#resources").scroll_into_view_if_needed()
        rows = seen.page.locator("#resources tbody tr")
        expect(rows).to_have_count(len(RESOURCES))
        assert " ".join(rows.first.inner_text().split()) == "olt-mitte-07/1/3 99.40% 99.90% 4 h 16 min 40 s Breached"
        assert "Alarms that name none" in rows.nth(2).inner_text()
        assert "Breached, unconfirmed" in rows.nth(2).inner_text()
        assert "5 of 103" in seen.text("#resources")
        with seen.page.expect_response("**/sla/resources?*limit=100"):
            seen.page.get_by_role("button", name="Show 100").press("Enter")
        # Who pressed the button, which is gone, goes on from the table.
        expect(seen.page.locator("#resources .wide-table")).to_be_focused()
        seen.assert_sound()


class TestMaintenance:
    def test_work_is_drawn_and_what_is_excused_is_no_alarm(self, visit: VisitPage) -> None:
        """Only the hour that counts has the alarm colour; incidents sum to the day."""
        day = TODAY - timedelta(days=8)
        incidents, stretches = maintenance_day(day)

        def respond(question: Question) -> Answer:
            if question.path == "sla/incidents":
                return with_stretches(day, incidents, stretches)
            return provider(lambda _: [record(day, 3_600), record(TODAY)])(question)

        seen = visit(respond, viewport={"width": 1280, "height": 900}).settled("ready")
        seen.day(day.isoformat()).click()
        expect(seen.page.locator(".timeline .stretch.maintenance")).to_have_count(1)
        width = float(seen.page.locator(".timeline").get_attribute("width") or 0)
        bars = seen.page.locator(".timeline .outage")
        shares = [
            (bar.get_attribute("class"), round(float(bar.get_attribute("width") or 0) / width * 24, 2))
            for bar in bars.all()
        ]
        assert shares == [("outage excused", 4.0), ("outage", 1.0), ("outage excused", 1.0)]
        colours = {
            bar.evaluate("it => getComputedStyle(it).fill") for bar in seen.page.locator(".outage.excused").all()
        }
        assert bars.nth(1).evaluate("it => getComputedStyle(it).fill") not in colours
        legend = "Counts as downtime Outage that does not count Maintenance Not monitored"
        assert seen.text(".timeline-frame .legend") == legend
        assert "12:00 \u2013 13:00 1 h, none of it counted" in seen.text(".incidents > li:last-child h3")
        assert "1 h down" in seen.text("#day .facts")
        seen.assert_sound()

    def test_an_outage_that_goes_on_has_the_alarm_colour_and_hides_no_word(self, visit: VisitPage) -> None:
        """Nothing shows through it; the name of the work stands where there is room, what is to come in the legend."""
        start, begin, now, end, midnight = (
            *(local(TODAY, time(hour)) for hour in (0, 12, 15, 18)),
            local(TODAY + timedelta(days=1)),
        )
        stretches = [
            stretch(start, begin, "AGREED", "UP", "up"),
            stretch(begin, now, "MAINTENANCE", "DOWN", "down"),
            stretch(now, end, "MAINTENANCE", "NOT_YET", None),
            stretch(end, midnight, "AGREED", "NOT_YET", None),
        ]
        open_outage = incident(begin, None, 10_800, alarm(begin, None))

        def respond(question: Question) -> Answer:
            if question.path == "sla/incidents":
                return with_stretches(TODAY, [open_outage], stretches)
            lengths = {"AGREED/NOT_YET": 6, "MAINTENANCE/DOWN": 3, "AGREED/UP": 13, "MAINTENANCE/NOT_YET": 3}
            segments = {name: hours * 3_600_000_000 for name, hours in lengths.items()}
            return provider(lambda _: [record(TODAY, 10_800) | {"segments": segments}])(question)

        seen = visit(respond, viewport={"width": 1280, "height": 900}).settled("ready")
        seen.day(TODAY.isoformat()).click()
        bar = seen.page.locator(".timeline .outage.open:not(.excused)")
        expect(bar).to_have_count(1)
        assert bar.evaluate("it => getComputedStyle(it).fillOpacity") == "1"
        expect(seen.page.locator(".timeline .stretch.maintenance")).to_have_count(1)
        expect(seen.page.locator(".timeline .stretch-name")).to_have_count(0)
        swatch = seen.page.locator(".timeline-frame .legend .stretch.not_yet")
        assert swatch.evaluate("it => getComputedStyle(it).stroke") != "none"
        assert seen.text(".makeup dl") == (
            "Agreed time, up 13 h Agreed time, still to come 6 h Maintenance, down 3 h Maintenance, still to come 3 h"
        )


class TestAge:
    @pytest.mark.parametrize(
        ("age", "provenance", "words"),
        [
            (timedelta(minutes=2), ["CACHE"], None),
            (timedelta(minutes=27, seconds=20), ["CACHE"], "27 min ago."),
            (timedelta(minutes=3, seconds=20), ["OUTDATED"], "3 min ago. The source of alarms cannot be read."),
            (timedelta(days=3, minutes=20), ["CACHE"], "3 days ago."),
        ],
    )
    def test_figures_older_than_they_should_be_say_so(
        self, visit: VisitPage, age: timedelta, provenance: list[str], words: str | None
    ) -> None:
        """By the server's clock; as of when they are stands beside the range in any case."""
        measured = (datetime.now(UTC) - age).astimezone(ZONE).isoformat()
        rows = [record(TODAY) | {"as_of": measured, "provenance": provenance}]
        seen = visit(provider(lambda _: rows)).settled("ready")
        assert f"as of {measured[11:16]}" in seen.text("#period")
        if words is None:
            expect(seen.page.locator("#outdated")).to_be_hidden()
        else:
            assert seen.text("#outdated").startswith("Out of date. The figures are those of ")
            assert seen.text("#outdated").endswith(words)
            seen.assert_sound()

    def test_it_refreshes_by_itself_and_closes_nothing(self, visit: VisitPage) -> None:
        """Each minute, quietly: the day stays open, scroll and focus stay; hidden it rests; failing it says so."""
        answers: dict[str, Any] = {"down": 600, "problem": None}

        def respond(question: Question) -> Answer:
            if answers["problem"] is not None and question.path == "sla/compliance":
                failure: Answer = answers["problem"]
                return failure
            rows = [
                record(TODAY - timedelta(days=ago), answers["down"] if ago == 8 else 0) for ago in reversed(range(30))
            ]
            return everything(provider(lambda _: rows))(question)

        seen = visit(respond)
        page = seen.page
        page.clock.install()
        page.reload()
        seen.settled("ready").day("2025-10-18").click()
        expect(page.locator(".incidents > li")).to_have_count(3)
        page.get_by_text("All figures in a table").click()
        page.evaluate("scrollTo(0, 320)")
        seen.day("2025-10-18").focus()
        place = page.evaluate("scrollY")
        answers["down"] = 1_200
        minute(page)
        expect(page.locator("#day .facts")).to_contain_text("20\u202fmin down")
        expect(page.locator(".card:nth-child(2) .figure")).to_contain_text("20min")
        expect(seen.day("2025-10-18")).to_be_focused()
        expect(seen.day("2025-10-18")).to_have_attribute("aria-pressed", "true")
        assert page.locator("#all-figures").get_attribute("open") is not None
        assert page.evaluate("scrollY") == place

        count = len(seen.asked_for("sla/compliance"))
        hide(page, is_hidden=True)
        minute(page)
        page.wait_for_timeout(100)
        assert len(seen.asked_for("sla/compliance")) == count
        answers["problem"] = problem(503, "Source unavailable", "The alarm database is down.")
        with page.expect_response("**/sla/compliance?*"):
            hide(page, is_hidden=False)
            page.clock.run_for(10)
        expect(page.locator("#outdated")).to_contain_text("They cannot be refreshed: Source unavailable.")
        expect(page.locator(".incidents > li")).to_have_count(3)
        answers["problem"] = None
        minute(page)
        expect(page.locator("#outdated")).to_be_hidden()

    def test_with_a_new_day_all_parts_are_about_its_days(self, visit: VisitPage) -> None:
        """A page that stays open over midnight fetches the overview and the resources again; else it does not."""
        days = history(30)
        seen = visit(everything(provider(lambda _: days), tenants=TENANTS), viewport={"width": 1280, "height": 3_000})
        page = seen.page
        page.clock.install()
        page.reload()
        seen.settled("ready")
        parts = ("sla/overview", "sla/resources")
        expect(page.locator("#resources tbody tr")).to_have_count(len(RESOURCES))
        seen.asked.clear()
        with page.expect_response("**/sla/trend?*"):
            minute(page)
        assert [len(seen.asked_for(part)) for part in parts] == [0, 0]
        days[:] = [*days[1:], record(TODAY + timedelta(days=1))]
        with page.expect_response("**/sla/resources?*"), page.expect_response("**/sla/overview?*"):
            minute(page)
        assert [len(seen.asked_for(part)) for part in parts] == [1, 1]


def minute(page: Page) -> None:
    """A minute passes for the page."""
    page.clock.fast_forward(61_000)


def hide(page: Page, *, is_hidden: bool) -> None:
    """The reader turns to another tab, or comes back."""
    page.evaluate(
        "hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
        "document.dispatchEvent(new Event('visibilitychange')); }",
        is_hidden,
    )


class TestTenants:
    def test_the_name_stands_above_its_figures(self, visit: VisitPage) -> None:
        """One tenant: its name, no choice, no overview."""
        seen = visit(everything()).settled("ready")
        expect(seen.page.locator("h1")).to_have_text("Nordnetz Fibre")
        expect(seen.page.locator("#tenant-choice")).to_be_hidden()
        assert seen.asked_for("sla/overview") == []

    def test_a_token_of_several_chooses_among_them(self, visit: VisitPage) -> None:
        """In the list and in the overview; the choice is in the address and in every request."""
        headers: list[str | None] = []
        parameters: list[str | None] = []

        def respond(question: Question) -> Answer:
            if question.path == "sla/compliance":
                headers.append(question.headers.get("X-Tenant-ID"))
                parameters.append(question.query.get("tenant"))
            return everything(tenants=TENANTS)(question)

        seen = visit(respond).settled("ready")
        rows = seen.page.locator("#overview tbody tr")
        expect(rows).to_have_count(len(OVERVIEW))
        first = " ".join(rows.first.inner_text().split())
        assert first == "Hafenwerke 99.12% 99.50% LOS-0042, 2 h 15 min 1 s Breached"
        assert "No data" in rows.last.inner_text()
        assert seen.text("#overview-count") == "3, the worst first; today is not in these figures"
        current = seen.page.locator("#overview tr[aria-current]")
        expect(current).to_contain_text("Nordnetz Fibre")
        seen.page.get_by_role("button", name="Hafenwerke").press("Enter")
        expect(seen.page.locator("h1")).to_have_text("Hafenwerke")
        expect(current).to_contain_text("Hafenwerke")
        expect(seen.page.get_by_role("button", name="Hafenwerke")).to_be_focused()
        seen.page.get_by_label("Tenant", exact=True).select_option("spotless")
        expect(seen.page.locator("h1")).to_have_text("spotless")
        seen.page.reload()
        seen.settled("ready")
        assert headers == parameters == [None, "harbour", "spotless", "spotless"]
        seen.assert_sound()

    def test_an_overview_of_many_tenants_goes_on_where_it_was_cut(self, visit: VisitPage) -> None:
        """A hundred more at a time, as long as there are some."""
        standings = [{**OVERVIEW[0], "tenant_id": f"t{rank}", "title": f"Tenant {rank}"} for rank in range(230)]

        def respond(question: Question) -> Answer:
            page = standings[: int(question.query.get("limit", 0))]
            overview = Answer(page, headers={"X_Total_Count": str(len(standings))})
            return everything(tenants=TENANTS, overview=overview)(question)

        seen = visit(respond).settled("ready")
        rows = seen.page.locator("#overview tbody tr")
        for count in (100, 200, 230):
            expect(rows).to_have_count(count)
            more = seen.page.get_by_role("button", name="Show 100 more")
            if count < len(standings):
                assert seen.text("#overview-count").startswith(f"{count} of 230, the worst first")
                more.click()
        expect(more).to_have_count(0)
        seen.assert_sound()

    def test_figures_never_stand_below_the_name_of_another_tenant(self, visit: VisitPage) -> None:
        """A tenant of the address that the list lacks has its own name, and others can be chosen."""
        seen = visit(everything(tenants=TENANTS), "?tenant=unlisted").settled("ready")
        expect(seen.page.locator("h1")).to_have_text("unlisted")
        select = seen.page.get_by_label("Tenant", exact=True)
        expect(select).to_have_value("unlisted")
        select.select_option("harbour")
        expect(seen.page.locator("h1")).to_have_text("Hafenwerke")
        expect(select.locator("option")).to_have_count(len(TENANTS))

    def test_where_one_tenant_fails_another_can_be_chosen(self, visit: VisitPage) -> None:
        """A link to a tenant that the token does not hold is no dead end."""
        works = everything()

        def respond(question: Question) -> Answer:
            is_foreign = question.path == "sla/compliance" and question.query.get("tenant") == "foreign"
            return problem(403, "Forbidden", "You do not hold it.") if is_foreign else works(question)

        seen = visit(respond, "?tenant=foreign").settled("failed")
        seen.page.get_by_label("Tenant", exact=True).select_option("north")
        seen.settled("ready")
        expect(seen.page.locator("h1")).to_have_text("Nordnetz Fibre")


class TestDoubts:
    def test_the_badge_leads_to_the_list(self, visit: VisitPage) -> None:
        """As many as rows leave something open; none without doubts."""
        doubts = [
            {"cause": "UNSEEN", "rows": 3, "seconds": 7_200.5},
            {"cause": "UNMONITORED", "rows": 0, "seconds": 60},
        ]
        rows = [record(TODAY) | {"quality": {"lines": [], "doubts": doubts}}]
        seen = visit(provider(lambda _: rows, X_SLA_Confirmed="false")).settled("ready")
        badge = seen.page.get_by_role("link", name="4 doubts to settle")
        badge.click()
        assert seen.page.url.endswith("#doubts")
        assert "Active alarms that were not seen for 7 days 3 rows, 2 h 1 s at stake" in seen.text("#doubts")
        seen.assert_sound()
        expect(visit(provider()).settled("ready").page.locator("#doubts-badge")).to_be_hidden()


class TestPaper:
    def test_it_prints_the_whole_table_on_a4(self, visit: VisitPage) -> None:
        """Every day, no control, nothing wider than the paper; light, whatever the screen is."""
        seen = visit(everything(), "?days=90", viewport={"width": 688, "height": 1_000}, color_scheme="dark").settled(
            "ready"
        )
        page = seen.page
        assert page.pdf(format="A4", prefer_css_page_size=True).startswith(b"%PDF-")
        # The page was told that it is printed, and has unfolded the table.
        assert page.locator("#all-figures").get_attribute("open") is not None
        page.emulate_media(media="print")
        frame = page.locator("#figures")
        assert frame.evaluate("it => it.scrollHeight <= it.clientHeight && it.scrollWidth <= it.clientWidth")
        assert page.locator("#figures tbody tr").count() == 90
        for control in (".controls", "#download", ".panel-foot .hint"):
            expect(page.locator(control)).to_be_hidden()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"

    def test_from_a_narrow_screen_the_chart_keeps_its_height(self, visit: VisitPage) -> None:
        """It is not blown up to the width of the paper; resources that were never in view are left out."""
        size = {"width": 390, "height": 844}
        page = visit(everything(), viewport=size).settled("ready").page
        expect(page.locator("#resources")).to_contain_text("Loading")
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 688, "height": 1_000})
        # The chart is drawn again for the new width, so for a moment there may be none.
        page.wait_for_function("""() => {
            const height = document.querySelector("#chart svg")?.getBoundingClientRect().height;
            return height > 100 && height <= 300;
        }""")
        expect(page.locator("#resources")).to_be_hidden()
