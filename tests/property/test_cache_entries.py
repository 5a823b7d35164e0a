"""Keys of a cache name one day each; values that are not whole are no days."""

from __future__ import annotations

import datetime as dt
import hmac
import json
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_compliance.cache.entries import Entry, day_key, decode_entry, digest, encode_entry, lock_key, token_key
from sla_compliance.cache.seals import derived_cache_key, seal_of
from sla_compliance.calendars.local_days import first_instant_us
from sla_compliance.day_json import BOUNDS_MAY_DIFFER_US
from sla_compliance.errors import InvalidTypeError, InvalidValueError
from sla_compliance.labels import CELL_INDEX, CELLS, Scope, State
from sla_compliance.measured import DayFact, DayKey, FactCode, MeasuredDay

hostile = st.one_of(
    st.text(alphabet=st.sampled_from([":", "{", "}", "\0", "\n", " ", "|", ",", "a", "1", "🦊", "\ud800"]), max_size=4),
    st.text(max_size=20),
    st.sampled_from(["acme:day:2025-10-08", "}:day:{", "x" * 10_000, "x" * 10_001, "e\u0301", "é", "sla1", "*", "%00"]),
)
keys = st.builds(
    DayKey,
    tenant_id=hostile,
    measurement=hostile,
    agreement=hostile,
    zone=st.sampled_from(["UTC", "Europe/Lisbon"]),
    date=st.dates(dt.date(2025, 10, 8), dt.date(2025, 10, 10)),
)


KEY = DayKey("acme", "m", "a", "Europe/Lisbon", dt.date(2025, 10, 26))
START_US, END_US = (first_instant_us(KEY.date + dt.timedelta(days=days), KEY.zone) for days in (0, 1))
NOT_YET, DOWN, UNKNOWN, UP = (
    CELL_INDEX[Scope.AGREED, state] for state in (State.NOT_YET, State.DOWN, State.UNKNOWN, State.UP)
)


@st.composite
def days(draw: st.DrawFn) -> MeasuredDay:
    """A day of 25 hours that may have been measured at any moment, its readings on their sides of the record."""
    as_of_us = draw(instants | st.integers(START_US, END_US))
    start_us = START_US + draw(st.integers(-BOUNDS_MAY_DIFFER_US, BOUNDS_MAY_DIFFER_US))
    observed_us = min(END_US, max(start_us, as_of_us)) - start_us
    unknown_us = draw(st.integers(0, observed_us))
    downs = sorted(draw(st.lists(st.integers(0, observed_us - unknown_us), min_size=3, max_size=3)))

    def cells(down_us: int) -> tuple[int, ...]:
        lengths_us = [0] * len(CELLS)
        lengths_us[NOT_YET] = END_US - start_us - observed_us
        lengths_us[DOWN], lengths_us[UNKNOWN] = down_us, unknown_us
        lengths_us[UP] = observed_us - unknown_us - down_us
        return tuple(lengths_us)

    optimistic, record, pessimistic = map(cells, downs)
    return MeasuredDay(
        date=KEY.date,
        start_us=start_us,
        end_us=END_US,
        cells_us=record,
        optimistic_cells_us=draw(st.sampled_from([None, optimistic])),
        pessimistic_cells_us=draw(st.sampled_from([None, pessimistic])),
        facts=tuple(draw(st.lists(facts, max_size=3))),
        rows_read=draw(counts),
        rules_version=draw(counts),
        as_of_us=as_of_us,
        tz_version="2026a",
    )


instants = st.integers(-(2**52), 2**52)
counts = st.integers(0, 2**31)
plain_texts = st.text(st.characters(exclude_categories=["Cs"]))
facts = st.builds(DayFact, code=st.sampled_from(FactCode).map(str), name=plain_texts, count=counts, length_us=counts)
entries = st.builds(Entry, days(), written_us=st.integers(0, 2**52), token=st.binary(min_size=1, max_size=64))


@given(left=keys, right=keys)
def test_no_two_days_share_a_key(left: DayKey, right: DayKey) -> None:
    """Whatever the tenant ids, measurements and agreements contain."""
    assert (day_key(left) == day_key(right)) == (left == right)


@given(left=hostile, right=hostile, date=st.dates())
def test_no_two_tenants_share_a_token_or_a_lock(left: str, right: str, date: dt.date) -> None:
    """Nobody's change outdates another's days."""
    same = left == right
    assert (token_key(left, date) == token_key(right, date)) == same
    assert (lock_key(DayKey(left, "m", "t", "UTC", date)) == lock_key(DayKey(right, "m", "t", "UTC", date))) == same


@given(left=st.lists(hostile, max_size=3), right=st.lists(hostile, max_size=3))
def test_no_two_lists_of_texts_share_a_digest(left: list[str], right: list[str]) -> None:
    """Not by moving a character from one text to the next."""
    assert (digest(*left) == digest(*right)) == (left == right)


@given(key=keys)
def test_keys_are_short_and_plain(key: DayKey) -> None:
    """ASCII without blanks, whatever the ids; a tenant's keys share a cluster's slot."""
    for text in (day_key(key), token_key(key.tenant_id, key.date), lock_key(key)):
        assert len(text) < 110
        assert text.isascii()
        assert text.isprintable()
        assert " " not in text
        assert text[text.index("{") : text.index("}")] == "{" + digest(key.tenant_id)


@given(entry=entries)
def test_an_entry_is_read_as_it_was_written(entry: Entry) -> None:
    """To the microsecond, in JSON."""
    value = encode_entry(entry, KEY)
    assert decode_entry(value, KEY) == entry
    json.loads(value[16:])


@given(entry=entries, data=st.data())
def test_a_value_cut_off_or_altered_is_no_entry(entry: Entry, data: st.DataObject) -> None:
    """At any place."""
    value = encode_entry(entry, KEY)
    place = data.draw(st.integers(0, len(value) - 1))
    assert decode_entry(value[:place], KEY) is None
    assert decode_entry(value[:place] + bytes([value[place] ^ 1]) + value[place + 1 :], KEY) is None


@given(entry=entries)
def test_a_value_under_another_key_is_no_entry(entry: Entry) -> None:
    """Nobody's day is shown as another's."""
    assert decode_entry(encode_entry(entry, KEY), replace(KEY, tenant_id="other")) is None


@given(entry=entries)
def test_a_day_that_does_not_add_up_is_no_entry(entry: Entry) -> None:
    """Even where the checksum is right."""
    longer = replace(entry, day=replace(entry.day, end_us=entry.day.end_us + 1))
    assert decode_entry(encode_entry(longer, KEY), KEY) is None


IMPOSSIBLE: list[tuple[str, object]] = [
    *(
        (name, value)
        for name in ("start_us", "end_us", "as_of_us", "written_us")
        for value in (None, 1.0, True, 10**18)
    ),
    *((name, value) for name in ("rows_read", "rules_version") for value in (None, "1", False, 0.5, -1)),
    *((name, value) for name in ("date", "tz_version", "token") for value in (None, 1, ["2025-10-08"])),
    *(("date", value) for value in ("2025-02-30", "2025-10-27", "9999-12-31", "0001-01-01", "20251026")),
    ("tz_version", "\ud800"),
    *((name, 2**63) for name in ("rows_read", "rules_version")),
    ("token", "🦊"),
    *((name, value) for name in ("cells_us", "facts") for value in (None, 1, "text", {"a": 1}, ["a"])),
    *((name, value) for name in ("optimistic_cells_us", "pessimistic_cells_us") for value in (1, "text", [], [0] * 30)),
    ("facts", [{"code": "BAD_ROW", "name": "17", "count": 1}]),
    ("facts", [{"code": "DOUBT_OF_A_LATER_VERSION", "name": "17", "count": 1, "length_us": 0}]),
    ("facts", [{"code": "BAD_ROW", "name": "\ud800", "count": 1, "length_us": 0}]),
    ("facts", [{"code": "BAD_ROW", "name": "17", "count": 2**63, "length_us": 0}]),
    ("facts", [{"code": "BAD_ROW", "name": "17", "count": True, "length_us": 0}]),
    ("facts", [{"code": "BAD_ROW", "name": "17", "count": 1, "length_us": -1}]),
    ("facts", [{"code": "BAD_ROW", "name": 17, "count": 1, "length_us": 0}]),
]


def altered_value(entry: Entry, name: str, value: object) -> bytes:
    """Return an entry's value with one part replaced, or taken out where `value` is ..., and a right checksum."""
    parts = json.loads(encode_entry(entry, KEY)[16:])
    parts[name] = value
    if value is ...:
        del parts[name]
    text = json.dumps(parts).encode()
    return sha256(day_key(KEY).encode() + b"\0" + text).hexdigest()[:16].encode() + text


@given(entry=entries)
def test_an_impossible_part_is_no_entry(entry: Entry) -> None:
    """Wrong types, instants beyond the calendar, negative counts, parts that are missing: even with a checksum."""
    whole = json.loads(encode_entry(entry, KEY)[16:])
    assert decode_entry(altered_value(entry, "date", whole["date"]), KEY) == entry
    for name, value in [*IMPOSSIBLE, *((name, ...) for name in whole)]:
        assert decode_entry(altered_value(entry, name, value), KEY) is None, (name, value)


@given(entry=entries, data=st.data())
def test_a_reading_that_does_not_add_up_to_the_day_is_no_entry(entry: Entry, data: st.DataObject) -> None:
    """One cell less, a negative one, one longer than it can be."""
    name = data.draw(st.sampled_from(["cells_us", "optimistic_cells_us", "pessimistic_cells_us"]))
    cells = list(entry.day.cells_us)
    rank = data.draw(st.integers(0, len(cells) - 1))
    longer = [*cells[:rank], cells[rank] + 1, *cells[rank + 1 :]]
    negative = [*cells[:-2], cells[-2] + cells[-1] + 1, -1]
    for wrong in (cells[:-1], longer, negative, [*cells[:-1], float(cells[-1])]):
        assert decode_entry(altered_value(entry, name, wrong), KEY) is None


@given(value=st.binary() | st.sampled_from([b"", b"null", b"{}", b"[" * 100_000, b"17", b"\x80\x04."]))
def test_junk_is_no_entry(value: bytes) -> None:
    """Nothing that is read is ever run, and nothing is raised."""
    assert decode_entry(value, KEY) is None


secrets = st.text(st.characters(exclude_categories=["Cs"]), min_size=32, max_size=40)
cache_keys = st.binary(min_size=32, max_size=80)


@given(entry=entries, cache_key=cache_keys)
def test_a_sealed_entry_is_read_as_it_was_written(entry: Entry, cache_key: bytes) -> None:
    """By every holder of the key."""
    value = encode_entry(entry, KEY, seal_of(cache_key))
    assert decode_entry(value, KEY, seal_of(cache_key)) == entry
    json.loads(value[32:])


@given(entry=entries, cache_key=cache_keys, data=st.data())
def test_a_sealed_value_that_is_altered_in_any_way_is_no_entry(
    entry: Entry, cache_key: bytes, data: st.DataObject
) -> None:
    """A bit flipped, cut off, lengthened, or two values crossed over."""
    seal = seal_of(cache_key)
    value = encode_entry(entry, KEY, seal)
    place = data.draw(st.integers(0, len(value) - 1))
    flipped = value[:place] + bytes([value[place] ^ (1 << data.draw(st.integers(0, 7)))]) + value[place + 1 :]
    other_value = encode_entry(replace(entry, written_us=entry.written_us + 1), KEY, seal)
    for wrong in (flipped, value[:place], value + b" ", b" " + value, value[:32] + other_value[32:]):
        assert decode_entry(wrong, KEY, seal) is None


@given(entry=entries, cache_key=cache_keys, other_key=cache_keys)
def test_a_seal_of_another_key_or_of_none_is_no_seal(entry: Entry, cache_key: bytes, other_key: bytes) -> None:
    """Who can write to the cache and compute checksums still makes no entry."""
    seal = seal_of(cache_key)
    assert decode_entry(encode_entry(entry, KEY), KEY, seal) is None
    assert decode_entry(encode_entry(entry, KEY, seal), KEY) is None
    if hmac.new(cache_key, digestmod="sha256").digest() != hmac.new(other_key, digestmod="sha256").digest():
        assert decode_entry(encode_entry(entry, KEY, seal_of(other_key)), KEY, seal) is None


@given(entry=entries, cache_key=cache_keys, left=keys, right=keys)
def test_a_sealed_entry_holds_in_its_own_place_alone(
    entry: Entry, cache_key: bytes, left: DayKey, right: DayKey
) -> None:
    """Whatever ids, measurements, agreements and dates the two places are of."""
    seal = seal_of(cache_key)
    moved = seal.opened(day_key(right), encode_entry(entry, left, seal))
    assert (moved is None) == (left != right)


@given(left=secrets, right=secrets)
def test_a_derived_key_is_one_of_its_secret_alone(left: str, right: str) -> None:
    """Long enough to seal with, and not the secret."""
    key = derived_cache_key(left)
    assert (key == derived_cache_key(right)) == (left == right)
    assert len(key) == 32
    assert left.encode() not in key


@pytest.mark.parametrize("length", [0, 31])
def test_a_short_key_or_secret_seals_nothing(length: int) -> None:
    """The message does not show it."""
    for refused in (lambda: seal_of(b"k" * length), lambda: derived_cache_key("k" * length)):
        with pytest.raises(InvalidValueError, match=f"is {length} bytes long; give 32 or more") as error:
            refused()
        assert "kkkk" not in str(error.value)


def test_a_key_is_of_bytes_and_a_secret_is_text() -> None:
    """Not the other way round."""
    with pytest.raises(InvalidTypeError, match="cache_key"):
        seal_of("k" * 32)  # type: ignore[arg-type]
    with pytest.raises(InvalidTypeError, match="secret"):
        derived_cache_key(b"k" * 32)  # type: ignore[arg-type]
