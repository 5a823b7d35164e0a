"""Laws of reading times: by whole columns or one by one is the same, and the grammar takes nothing besides."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from sla_compliance.calendars.wall_clock import instant_of
from sla_compliance.rows.times import LocalTimes, TimeReader
from sla_compliance.units import EPOCH, HOUR_US, MICROSECOND, instant_us, parse_timestamp
from sla_compliance.zones import load_zone, zone_names

READERS = {None: TimeReader(), "UTC": TimeReader("UTC"), "America/St_Johns": TimeReader("America/St_Johns")}
SEEDS = [
    "2026-10-01T09:00:00Z",
    "2026-10-01 09:00:00+00",
    "2026-10-01T09:00:00.123456+05:30",
    "2026-10-01 09:00:00.1234567-0800",
    "2026-10-01T09:00Z",
    "2026-10-01 09:00",
    "2026-10-25 02:30:00.5",
    "2026-10-01 09:00:00 UTC",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
]
MUTATIONS = "0123456789-+:.,TZ UTCtzW\n\u0661\uff11"
MUTATED_TEXTS = 20_000


def mutated(generator: random.Random) -> str:
    """Return a timestamp with up to three characters changed, left out or put in."""
    text = generator.choice(SEEDS)
    for _ in range(generator.randrange(4)):
        place = generator.randrange(len(text) + 1)
        text = (
            text[:place] + generator.choice([generator.choice(MUTATIONS), ""]) + text[place + generator.randrange(2) :]
        )
    return text


def test_a_whole_column_is_read_as_its_texts_are_one_by_one() -> None:
    """The quick way and the full code agree on every text, on what they read and on what they refuse."""
    generator = random.Random(1)  # noqa: S311 - repeatable
    for _ in range(MUTATED_TEXTS):
        text, reader = mutated(generator), generator.choice(list(READERS.values()))
        is_end = generator.random() < 0.5
        alone, faults = reader.read_column([text], is_end=is_end)
        try:
            read, fault = reader.read(text, is_end=is_end), None
        except ValueError as error:
            read, fault = None, str(error)
        assert (alone, faults.get(0)) == ([read], fault), text


def test_a_column_of_several_texts_is_read_as_they_are_one_by_one() -> None:
    """Columns of one layout, of several, with absent values, and with a text among them that no rule takes."""
    generator = random.Random(4)  # noqa: S311 - repeatable
    whole_columns = 0
    for _ in range(MUTATED_TEXTS // 10):
        reader = generator.choice(list(READERS.values()))
        forms = generator.sample(SEEDS, generator.choice([1, 1, 2, 3]))
        texts: list[str | None] = []
        for _ in range(generator.randrange(1, 20)):
            hour, fraction = f"{generator.randrange(24):02}", f"{generator.randrange(10**6):06}"
            texts.append(generator.choice(forms).replace("123456", fraction).replace("09:", f"{hour}:"))
        if generator.random() < 0.3:
            texts.insert(generator.randrange(len(texts) + 1), generator.choice(["", None]))
        if generator.random() < 0.3:
            texts.insert(generator.randrange(len(texts) + 1), mutated(generator))
        is_end = generator.random() < 0.5
        assert reader.read_column(texts, is_end=is_end) == reader.read_each(texts, is_end=is_end), texts
        whole_columns += reader.plain_column(texts) is not None
    assert whole_columns > MUTATED_TEXTS // 100


def test_hours_and_offsets_that_no_clock_shows_are_refused_in_a_column_too() -> None:
    """datetime.fromisoformat reads +01:75, and on some Pythons 24:00."""
    good = "2026-10-01T09:00:00+01:00"
    for bad in ("2026-10-01T24:00:00+01:00", "2026-10-01 24:00:00Z", "2026-10-01T09:00:00+01:75"):
        instants, faults = READERS[None].read_column([good, bad], is_end=False)
        assert instants == [READERS[None].read(good), None]
        assert list(faults) == [1]


GRAMMAR = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?( UTC|Z|[+-]\d\d(:?\d\d)?)", re.ASCII)


def test_nothing_outside_the_grammar_is_read() -> None:
    """Told nothing, a text is an instant only where the documented form says so."""
    generator = random.Random(2)  # noqa: S311 - repeatable
    for _ in range(MUTATED_TEXTS):
        text = mutated(generator)
        instants, _ = READERS[None].read_column([text], is_end=False)
        if instants != [None]:
            assert GRAMMAR.fullmatch(text), text


@given(st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_every_form_of_an_instant_is_that_instant(moment: datetime) -> None:
    """RFC 3339, the forms of PostgreSQL, BigQuery and Jira, and the number of microseconds (not of 1970: too few)."""
    expected = instant_us(moment, field="moment")
    plain = moment.replace(tzinfo=None).isoformat()
    elsewhere = moment.astimezone(timezone(timedelta(hours=5, minutes=45))).isoformat()
    texts = [f"{plain}Z", f"{plain}+00", f"{plain}+0000".replace("T", " "), f"{plain} UTC", elsewhere]
    assert READERS[None].read_column(texts, is_end=False) == ([expected] * len(texts), {})
    if moment.year != EPOCH.year:
        assert TimeReader(epoch="us").read(expected) == expected
    assert expected == (parse_timestamp(f"{plain}Z") - EPOCH) // MICROSECOND


@given(
    st.sampled_from(sorted(zone_names())),
    st.lists(st.datetimes(min_value=datetime(1880, 1, 1), max_value=datetime(2100, 1, 1)), min_size=1, max_size=20),  # noqa: DTZ001
    st.integers(-2, 2),
)
def test_local_times_follow_the_one_rule_of_wall_clocks(zone: str, moments: list[datetime], shift: int) -> None:
    """Remembering whole hours changes nothing, near clock changes either."""
    rules = load_zone(zone)
    local_times = LocalTimes(rules)
    local_epoch = EPOCH.replace(tzinfo=None)
    for moment in moments:
        for local in (
            moment,
            moment + timedelta(microseconds=shift),
            moment.replace(minute=0, second=0, microsecond=0),
        ):
            local_us = (local - local_epoch) // MICROSECOND
            assert local_times.instant_us(local_us) == instant_of(local, rules)


def test_local_times_around_every_clock_change_of_a_year() -> None:
    """Each quarter of an hour, twice, in a zone that changed a minute after midnight."""
    rules = load_zone("America/St_Johns")
    local_times = LocalTimes(rules)
    start = datetime(2006, 1, 1)  # noqa: DTZ001
    for quarter in range(366 * 96):
        local = start + timedelta(minutes=15 * quarter)
        local_us = (local - EPOCH.replace(tzinfo=None)) // MICROSECOND
        assert local_times.instant_us(local_us) == instant_of(local, rules)
        assert local_us - 24 * HOUR_US < local_times.instant_us(local_us) < local_us + 24 * HOUR_US
