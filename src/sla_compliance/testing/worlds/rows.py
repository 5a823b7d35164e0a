"""Alarms of tiny worlds: clusters of short pieces with short gaps, and what may be wrong with them."""
################################################################
# A cluster is a chain of pieces of 0 to 7 units with gaps of -3 to 5 between them, so
# that alarms overlap, touch and leave gaps that damping fills. Its rows are then
# changed, by aspect: ended without a time, given parents, repeated, spoiled.
################################################################

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import product
from typing import Final, cast

from hypothesis import strategies as st

from sla_compliance.testing.oracle.world import UNREADABLE, Row, Span
from sla_compliance.testing.worlds.aspects import Aspect
from sla_compliance.testing.worlds.spans import LAST_INSTANT, mostly, spans

# One draw chooses all texts of a row: hypothesis takes time for each draw. What stands twice comes twice as often.
_TEXTS: Final = tuple(
    Row(0, severity=severity, status=status, alarm_type=alarm_type, resource_id=resource_id, customer_id=customer_id)
    for severity, status, alarm_type, resource_id, customer_id in product(
        ("critical", "critical", "critical", "MAJOR", "minor"),
        (None, None, "active", "SUPPRESSED"),
        (None, None, None, "Test"),
        ("r1", "r1", "r2", None),
        ("c1", "c2", None),
    )
)
_FAMILIES: Final = tuple(
    product((None, "i0", "i0", "i1", "i1", "i2", "a0"), (None, "a0", "a1"), ("olt", "olt", "ont", None))
)

AFTER_ALL: Final = 300
"""Later than any moment of evaluation."""

_pieces = st.tuples(st.integers(-3, 5), st.integers(0, 7))
_counts = st.sampled_from((1, 2, 4, 6, 7, 8, 9, 10))
_texts = st.sampled_from(_TEXTS)
_families = st.sampled_from(_FAMILIES)
_ways_to_end = st.sampled_from(("cleared",) * 9 + ("resolved",) * 3 + ("seen",) * 3 + ("open",) * 2)
_seconds_of_two = st.booleans()
_optional_lengths = st.none() | st.integers(0, 9)
_seen_after = mostly(None, st.integers(0, 5) | st.integers(6, 12), times=1)
_doubts = st.sampled_from(("severity", "cleared", "reversed", "unreadable end", "seen", "seen", "open", "open", "open"))
_long_extents: st.SearchStrategy[list[Span]] = mostly([], st.tuples(spans).map(list), times=8)
_unreadable_starts: st.SearchStrategy[list[Row]] = mostly(
    [], st.just([Row(UNREADABLE, cleared=9, severity="major")]), times=9
)
_over_statuses = st.sampled_from(("CLEARED", "resolved"))


@st.composite
def extents_of_a_cluster(draw: st.DrawFn) -> list[Span]:
    """Draw the extents of alarms: pieces that overlap, touch or leave short gaps, and at times a long one."""
    at = draw(st.integers(4, 24))
    extents = []
    for _ in range(draw(_counts)):
        gap, length = draw(_pieces)
        start = max(0, at + gap)
        at = start + length
        extents.append((start, at))
    return extents + draw(_long_extents)


@st.composite
def rows(draw: st.DrawFn, extents: st.SearchStrategy[Span] = spans) -> Row:
    """Draw an alarm: cleared, resolved, over when last seen, or still active."""
    start, end = draw(extents)
    row = replace(draw(_texts), start=start)
    way = draw(_ways_to_end)
    if way == "cleared":
        return replace(row, cleared=end)
    if way == "resolved":
        return replace(row, resolved=end)
    if way == "seen":
        return replace(row, seen=end, status=draw(_over_statuses))
    seen_after = draw(_seen_after)
    return replace(row, seen=None if seen_after is None else start + seen_after)


@st.composite
def over_without_time(draw: st.DrawFn, row: Row) -> Row:
    """Draw a row that is over without a time."""
    start, updated_after = cast("int", row.start), draw(_optional_lengths)
    return replace(
        row,
        cleared=None,
        resolved=None,
        seen=draw(st.sampled_from((None, None, start))),
        updated=None if updated_after is None else start + updated_after,
        status=draw(st.sampled_from(("CLOSED", "cleared"))),
        alarm_id=draw(st.sampled_from((None, "a0"))),
    )


def in_family(row: Row, family: tuple[str | None, str | None, str | None]) -> Row:
    """Return a row with a parent, named by its id or its alarm_id, with an alarm_id and a type of resource."""
    parent_alarm_id, alarm_id, resource_type = family
    return replace(row, parent_alarm_id=parent_alarm_id, alarm_id=alarm_id, resource_type=resource_type)


@st.composite
def repeats(draw: st.DrawFn, row: Row) -> Row:
    """Draw another row of the id of one: a snapshot, a contradiction, or an outage of its own."""
    start = cast("int", row.start)
    way = draw(st.sampled_from(("open", "open", "cleared", "another end", "another start", "another start", "apart")))
    end = start + draw(st.integers(0, 9))
    if way == "open":
        severity, seen_after = draw(st.sampled_from(("critical", "minor"))), draw(_seen_after)
        seen = None if seen_after is None else start + seen_after
        return replace(row, cleared=None, resolved=None, status="active", severity=severity, seen=seen)
    if way == "cleared":
        return replace(row, severity="cleared", cleared=end)
    if way == "another end":
        return replace(row, cleared=end)
    shift = draw(st.integers(1, 3)) if way == "another start" else 20
    return replace(row, start=start + shift, cleared=end + shift, seen=None)


@st.composite
def doubtful(draw: st.DrawFn, row: Row) -> Row:
    """Draw what may be wrong with a row, or not known of it."""
    start = cast("int", row.start)
    way = draw(_doubts)
    length = draw(st.integers(1, 9))
    if way == "severity":
        return replace(row, severity="Disaster", cleared=draw(st.sampled_from((None, start + length))))
    if way == "cleared":
        return replace(row, severity="cleared")
    if way == "reversed":
        return replace(row, cleared=start - length, resolved=draw(st.sampled_from((None, start + 3))))
    if way == "unreadable end":
        return replace(row, cleared=UNREADABLE, resolved=draw(st.sampled_from((None, start + 3))))
    if way == "seen":
        return replace(row, seen=start + length, cleared=draw(st.sampled_from((row.cleared, AFTER_ALL, AFTER_ALL))))
    seen = draw(st.sampled_from((None, start, start + length, start + length, LAST_INSTANT)))
    return replace(row, cleared=None, resolved=None, status="active", seen=seen)


@st.composite
def rows_with(draw: st.DrawFn, aspects: Collection[Aspect]) -> tuple[Row, ...]:
    """Draw the alarms of a world."""
    members = [draw(rows(st.just(extent))) for extent in draw(extents_of_a_cluster())]
    members = [replace(row, id=f"i{number}") for number, row in enumerate(members)]
    if Aspect.ENDS in aspects:
        members = [draw(over_without_time(row)) if draw(_seconds_of_two) else row for row in members]
    if Aspect.TARGETED in aspects:
        members = [in_family(row, draw(_families)) for row in members]
    if Aspect.ROWS_OF_ONE_ID in aspects:
        members += [draw(repeats(draw(st.sampled_from(members)))) for _ in range(draw(st.integers(1, 3)))]
    if Aspect.DOUBT in aspects:
        members = [draw(doubtful(row)) if draw(_seconds_of_two) else row for row in members]
        members += draw(_unreadable_starts)
    return tuple(members)
