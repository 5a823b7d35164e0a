"""Keys of a cache name one day each; values that are not whole are no days."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from sla_compliance.cache.entries import Entry, day_key, decode_entry, digest, encode_entry, lock_key, token_key
from sla_compliance.labels import CELLS
from sla_compliance.measured import DayFact, DayKey, FactCode, MeasuredDay
from sla_compliance.units import DAY_US

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


@st.composite
def days(draw: st.DrawFn) -> MeasuredDay:
    """A day whose cells add up."""
    cells = draw(st.lists(st.integers(0, DAY_US), min_size=len(CELLS), max_size=len(CELLS)))
    readings = st.none() | st.permutations(cells).map(tuple)
    start_us = draw(instants)
    return MeasuredDay(
        date=dt.date(2025, 10, 8),
        start_us=start_us,
        end_us=start_us + sum(cells),
        cells_us=tuple(cells),
        optimistic_cells_us=draw(readings),
        pessimistic_cells_us=draw(readings),
        facts=tuple(draw(st.lists(facts, max_size=3))),
        rows_read=draw(counts),
        rules_version=draw(counts),
        as_of_us=draw(instants),
        tz_version="2026a",
    )


instants = st.integers(-(2**52), 2**52)
counts = st.integers(0, 2**31)
facts = st.builds(DayFact, code=st.sampled_from(FactCode).map(str), name=st.text(), count=counts, length_us=counts)
entries = st.builds(Entry, days(), written_us=st.integers(0, 2**52), token=st.binary(min_size=1, max_size=64))
ENTRY_KEY = "sla2:{0}:day:2025-10-08:0"


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
    value = encode_entry(entry, ENTRY_KEY)
    assert decode_entry(value, ENTRY_KEY) == entry
    json.loads(value[16:])


@given(entry=entries, data=st.data())
def test_a_value_cut_off_or_altered_is_no_entry(entry: Entry, data: st.DataObject) -> None:
    """At any place."""
    value = encode_entry(entry, ENTRY_KEY)
    place = data.draw(st.integers(0, len(value) - 1))
    assert decode_entry(value[:place], ENTRY_KEY) is None
    assert decode_entry(value[:place] + bytes([value[place] ^ 1]) + value[place + 1 :], ENTRY_KEY) is None


@given(entry=entries)
def test_a_value_under_another_key_is_no_entry(entry: Entry) -> None:
    """Nobody's day is shown as another's."""
    assert decode_entry(encode_entry(entry, ENTRY_KEY), ENTRY_KEY + "0") is None


@given(entry=entries)
def test_a_day_that_does_not_add_up_is_no_entry(entry: Entry) -> None:
    """Even where the checksum is right."""
    longer = replace(entry, day=replace(entry.day, end_us=entry.day.end_us + 1))
    assert decode_entry(encode_entry(longer, ENTRY_KEY), ENTRY_KEY) is None


IMPOSSIBLE: list[tuple[str, object]] = [
    *(
        (name, value)
        for name in ("start_us", "end_us", "as_of_us", "written_us")
        for value in (None, 1.0, True, 10**18)
    ),
    *((name, value) for name in ("rows_read", "rules_version") for value in (None, "1", False, 0.5, -1)),
    *((name, value) for name in ("date", "tz_version", "token") for value in (None, 1, ["2025-10-08"])),
    ("date", "2025-02-30"),
    ("token", "🦊"),
    *((name, value) for name in ("cells_us", "facts") for value in (None, 1, "text", {"a": 1}, ["a"])),
    *((name, value) for name in ("optimistic_cells_us", "pessimistic_cells_us") for value in (1, "text", [], [0] * 30)),
    ("facts", [{"code": "BAD_ROW", "name": "17", "count": 1}]),
    ("facts", [{"code": "BAD_ROW", "name": "17", "count": True, "length_us": 0}]),
    ("facts", [{"code": "BAD_ROW", "name": "17", "count": 1, "length_us": -1}]),
    ("facts", [{"code": "BAD_ROW", "name": 17, "count": 1, "length_us": 0}]),
]


def altered_value(entry: Entry, name: str, value: object) -> bytes:
    """Return an entry's value with one part replaced, or taken out where `value` is ..., and a right checksum."""
    parts = json.loads(encode_entry(entry, ENTRY_KEY)[16:])
    parts[name] = value
    if value is ...:
        del parts[name]
    text = json.dumps(parts).encode()
    return sha256(ENTRY_KEY.encode() + b"\0" + text).hexdigest()[:16].encode() + text


@given(entry=entries)
def test_an_impossible_part_is_no_entry(entry: Entry) -> None:
    """Wrong types, instants beyond the calendar, negative counts, parts that are missing: even with a checksum."""
    whole = json.loads(encode_entry(entry, ENTRY_KEY)[16:])
    assert decode_entry(altered_value(entry, "date", whole["date"]), ENTRY_KEY) == entry
    for name, value in [*IMPOSSIBLE, *((name, ...) for name in whole)]:
        if sum(entry.day.cells_us) or value != [0] * 30:
            assert decode_entry(altered_value(entry, name, value), ENTRY_KEY) is None, (name, value)


@given(entry=entries, data=st.data())
def test_a_reading_that_does_not_add_up_to_the_day_is_no_entry(entry: Entry, data: st.DataObject) -> None:
    """One cell less, a negative one, one longer than it can be."""
    name = data.draw(st.sampled_from(["cells_us", "optimistic_cells_us", "pessimistic_cells_us"]))
    cells = list(entry.day.cells_us)
    rank = data.draw(st.integers(0, len(cells) - 1))
    longer = [*cells[:rank], cells[rank] + 1, *cells[rank + 1 :]]
    negative = [*cells[:-2], cells[-2] + cells[-1] + 1, -1]
    for wrong in (cells[:-1], longer, negative, [*cells[:-1], float(cells[-1])]):
        assert decode_entry(altered_value(entry, name, wrong), ENTRY_KEY) is None


@given(value=st.binary() | st.sampled_from([b"", b"null", b"{}", b"[" * 100_000, b"17", b"\x80\x04."]))
def test_junk_is_no_entry(value: bytes) -> None:
    """Nothing that is read is ever run, and nothing is raised."""
    assert decode_entry(value, ENTRY_KEY) is None
