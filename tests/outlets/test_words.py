"""The words of documents: every language has all sentences, and English says what the rest of the library says."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sla_compliance as sla
from sla_compliance.analysis.settlement import settlement
from sla_compliance.certainty import Doubt, DoubtCause
from sla_compliance.measured import DayFact, FactCode
from sla_compliance.outlets import CATALOGUE, document
from sla_compliance.outlets._document.composition import Composition
from sla_compliance.outlets._document.method import method_words
from sla_compliance.outlets._document.quality import quality_sentence
from sla_compliance.outlets._document.wording import Wording
from sla_compliance.outlets.locales import formats_of
from sla_compliance.outlets.missing_incidents import MissingIncidents
from sla_compliance.outlets.text import doubt_sentence, left_out_reasons
from sla_compliance.outlets.words import Catalogue
from sla_compliance.outlets.words.catalogue import Sentence
from sla_compliance.quality import quality_statements
from sla_compliance.samples import sample_provider
from sla_compliance.testing.evaluation import report_of
from sla_compliance.testing.oracle.world import World
from sla_compliance.testing.worlds import worlds
from tests.outlets.report_worlds import WORLDS, column, october, plain, sentences

ENGLISH = Wording(CATALOGUE.languages["en"], "en", formats_of("en"))
FRENCH = Wording(CATALOGUE.languages["fr"], "fr", formats_of("fr"))
DAY_US = 86_400_000_000


def placeholders(sentence: Sentence) -> set[str]:
    """Return the placeholders of all forms of a sentence, but for the number that chooses among them."""
    forms = [sentence] if isinstance(sentence, str) else sentence.values()
    return {name for form in forms for _, name, _, _ in Formatter().parse(form) if name} - {"count"}


@pytest.mark.parametrize("language", CATALOGUE.languages)
def test_a_language_has_every_sentence_with_the_same_placeholders(language: str) -> None:
    """English is the measure; forms of one and of several are there wherever English has them."""
    english, translated = CATALOGUE.languages["en"], CATALOGUE.languages[language]
    assert translated.keys() == english.keys()
    for name, sentence in translated.items():
        assert placeholders(sentence) == placeholders(english[name]), name
        assert isinstance(sentence, str) == isinstance(english[name], str), name
    assert Catalogue({"en": english}).extended(language, translated).languages[language] == translated


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"page": None}, "'page'"),
        ({"footer": "x"}, "'footer'"),
        ({"page": "{number}"}, "its placeholders have to be none"),
        ({"legend_target": "objetivo"}, "its placeholders have to be target"),
        ({"legend_target": "{target.__class__}"}, "its placeholders have to be target"),
        ({"legend_target": "{target!r:>9}"}, "its placeholders have to be target"),
        ({"legend_target": "{target"}, "expected '}'"),
        ({"measured_days": {"one": "um dia"}}, "no form 'other'"),
        ({"page": 7}, "sentences['page']"),
    ],
)
def test_a_language_with_a_fault_is_one_clear_error(changed: dict[str, object], fault: str) -> None:
    """It names the sentence, whatever else is missing."""
    all_sentences = {**CATALOGUE.languages["en"], **changed}
    kept = {name: sentence for name, sentence in all_sentences.items() if sentence is not None}
    with pytest.raises(sla.SLAComplianceError) as error:
        CATALOGUE.extended("pt", kept)  # type: ignore[arg-type]
    assert fault in str(error.value)


def test_a_language_that_is_not_whole_says_how_much_is_missing() -> None:
    """The first names, and how many more."""
    with pytest.raises(sla.SLAComplianceError, match=r"'pt': the language lacks 'heading_quality', .* and \d+ more"):
        CATALOGUE.extended("pt", {"quality_assumption": "{name}"})


def test_other_words_of_a_language_take_the_place_of_its_own() -> None:
    """A house may call things by its own names; the catalogue that it began from stays as it is."""
    own = CATALOGUE.extended("fr", {"verdict_met": "Tenu"})
    made = document(WORLDS["quiet"](), title="t", locale="fr", catalogue=own)
    assert column(made, "days", "verdict") == ["Tenu"] * 31
    assert CATALOGUE.languages["fr"]["verdict_met"] == "Respecté"


@pytest.mark.parametrize(
    ("locale", "language"), [("fr", "fr"), ("fr-CA", "fr"), ("en-GB", "en"), ("de", "en"), ("zh-Hant-TW", "en")]
)
def test_sentences_are_those_of_the_language_else_english(locale: str, language: str) -> None:
    """A region has the words of its language."""
    assert CATALOGUE.language_of(locale) == language


facts = st.lists(
    st.builds(
        DayFact,
        code=st.sampled_from([*FactCode, "FROM_LATER"]).map(str),
        name=st.sampled_from(["", "row 1", "row 2", "a {b}"]),
        count=st.integers(0, 3),
        length_us=st.integers(1, DAY_US // 2),
    ),
    max_size=12,
)


@given(day_facts=facts)
def test_english_says_of_the_rows_what_quality_lines_say(day_facts: list[DayFact]) -> None:
    """In the same words; lengths have the page's blanks. French has as many sentences, none of them English."""
    for said in quality_statements(day_facts):
        if said.code == FactCode.NO_ROWS or said.length_us < DAY_US:
            assert plain(quality_sentence(ENGLISH, said)) == said.text
        if said.code != FactCode.ASSUMPTION:
            assert quality_sentence(FRENCH, said) != said.text


@given(world=worlds())
def test_english_has_the_method_line_and_the_reasons_of_the_page(world: World) -> None:
    """The words of `method`, and why time is left out."""
    report = report_of(world)
    composition = Composition(
        figures=report,
        period=sla.Period.DAY,
        records=report.days,
        wording=ENGLISH,
        incident_costs=None,
        trend=None,
        statement=None,
        missing_incidents=MissingIncidents.NOT_KNOWN,
    )
    assert report.method.startswith(f"{plain(method_words(composition))}; days of {report.zone}")
    left_out = column(document(report, title="t"), "days", "left_out")
    for text, day in zip(left_out, report.days, strict=True):
        assert [reason for reason in left_out_reasons(day) if reason not in text] == []


def test_agreed_lengths_of_the_method_are_exact() -> None:
    """In the units of the method line, parts of a second too."""
    policy = sla.SLAPolicy(
        merge_gap=timedelta(seconds=30), min_outage=timedelta(seconds=90.5), stale_after=timedelta(days=7, hours=1)
    )
    for locale, expected in (
        ("en", "gaps shorter than 30 s merged; outages shorter than 1 min 30.5 s dropped; alarms unseen for 7 d 1 h"),
        ("de", "gaps shorter than 30 Sek. merged; outages shorter than 1 Min. 30,5 Sek. dropped"),
    ):
        (method,) = sentences(document(october(policy=policy), title="t", locale=locale), "method")
        assert expected in method


@pytest.mark.parametrize("rows", [1, 2])
@pytest.mark.parametrize("cause", DoubtCause)
def test_english_names_a_doubt_as_the_page_does(cause: DoubtCause, rows: int) -> None:
    """A table has the number and the length in columns of their own."""
    words = ENGLISH.say(f"doubt_{cause.lower()}", count=rows)
    sentence = doubt_sentence(Doubt(cause, rows, 60_000_000))
    assert sentence.removeprefix(f"{rows} ").removesuffix(": up to 1 min") == words
    assert FRENCH.say(f"doubt_{cause.lower()}", count=rows) != words


def test_english_gives_the_advice_of_settlement() -> None:
    """The rows that a correction can settle have the same sentence everywhere."""
    provider = sample_provider(datetime(2026, 11, 23, 15, 40, tzinfo=UTC))
    report = sla.evaluate(provider.batch(), **provider.terms)
    rows = settlement(report).rows
    assert len(rows) > 1
    made = document(report, title="t")
    advice = dict(zip(column(made, "settle", "subject"), column(made, "settle", "advice"), strict=True))
    assert {str(row.row_id): row.sentence for row in rows}.items() <= advice.items()


def test_numbers_and_dates_of_locales() -> None:
    """As the Common Locale Data Repository has them; a percentage keeps its digits."""
    moment = datetime(2026, 10, 8, 19, 5, tzinfo=UTC)
    german, turkish, american = formats_of("de"), formats_of("tr"), formats_of("en-US")
    assert plain(german.percentage("99.930")) == "99,930 %"
    assert turkish.percentage("-86.55") == "-%86,55"
    assert german.date_span(date(2026, 10, 1), date(2026, 10, 31)) == "1.-31. Okt. 2026".replace("-", "\N{EN DASH}")
    assert plain(american.instant(moment)) == "Thu, Oct 8, 2026, 7:05 PM"
    assert plain(formats_of("fr").length([(1044, "h"), (3, "s")], is_negative=True)) == "-1 044 h 3 s"
    assert formats_of("de_CH").locale == "de-CH"


@given(digits=st.decimals(-1000, 100, places=9, allow_nan=False), decimals=st.integers(2, 9))
def test_a_percentage_is_never_rounded_by_a_locale(digits: object, decimals: int) -> None:
    """The digits that come in go out."""
    whole, _, fraction = f"{digits:f}".partition(".")
    text = f"{whole}.{fraction[:decimals]}"
    for locale in ("en", "en-GB", "hi"):
        written = formats_of(locale).percentage(text)
        assert [sign for sign in written if sign.isdigit()] == [sign for sign in text if sign.isdigit()]


def test_a_time_that_its_clock_shows_twice_has_its_offset() -> None:
    """Two outages an hour apart are told apart."""
    report = sla.evaluate(
        [sla.Alarm(start, start + timedelta(minutes=1), id=str(start)) for start in hours_of_the_long_night()],
        start=datetime(2026, 10, 24, 22, tzinfo=UTC),
        end=datetime(2026, 10, 25, 23, tzinfo=UTC),
        zone="Europe/Berlin",
        as_of=datetime(2026, 10, 26, tzinfo=UTC),
    )
    made = document(report, title="t")
    assert column(made, "incidents", "start") == [
        "Sun, Oct 25, 2026, 02:10 (UTC+02:00)",
        "Sun, Oct 25, 2026, 02:10 (UTC+01:00)",
        "Sun, Oct 25, 2026, 03:10",
    ]


def hours_of_the_long_night() -> list[datetime]:
    """Return ten past two, ten past two again, and ten past three."""
    return [datetime(2026, 10, 25, hour, 10, tzinfo=UTC) for hour in (0, 1, 2)]


def test_english_needs_no_babel_and_other_locales_say_what_to_install() -> None:
    """A document in English is made where Babel is absent."""
    program = (
        "import sys; sys.modules['babel'] = None\n"
        "import sla_compliance as sla\n"
        "from sla_compliance.outlets import document\n"
        "from tests.outlets.report_worlds import breached\n"
        "print(document(breached(), title='t').locale)\n"
        "try:\n"
        "    document(breached(), title='t', locale='fr')\n"
        "except sla.SLAComplianceError as error:\n"
        "    print(type(error).__name__, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "en",
        "MissingExtraError sla_compliance.outlets.locales needs packages that are not installed (babel);"
        " pip install 'sla-compliance[locale]'",
    ]
