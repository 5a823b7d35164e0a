"""The program for one query of PostgreSQL 14 or newer; its argument is a DSN."""
################################################################
# range_agg() unites outages and windows, `*` and `-` of multiranges do the rest, and
# days are cut by the database: a date at midnight AT TIME ZONE the tenant's. So zone
# rules are the server's. Timestamps have microseconds and lengths are numeric:
# nothing is rounded. Damping takes a second query and is left out.
################################################################

from __future__ import annotations

import json
import sys
from datetime import date
from typing import Any

import psycopg
from plain_terms import Day, PlainTerms, Span, answer, plain_terms
from wire import UnsupportedError, serve

QUERY = """
with spans as (
    select s.kind, tstzrange(epoch + s.start_us * microsecond, epoch + s.end_us * microsecond) as span
    from jsonb_to_recordset(%(spans)s) as s(kind text, start_us bigint, end_us bigint),
         (select timestamptz '1970-01-01Z' as epoch, interval '1 microsecond' as microsecond) as unit
    where s.start_us < s.end_us
),
sets as (
    select
        (select span from spans where kind = 'window') as within,
        (select coalesce(range_agg(span), '{}') from spans where kind = 'outage') as outages,
        (select coalesce(range_agg(span), '{}') from spans where kind = 'removed') as removed,
        (select coalesce(range_agg(span), '{}') from spans where kind = 'monitored') as monitored,
        (select coalesce(range_agg(span), '{}') from spans where kind = 'elapsed') as elapsed,
        (select coalesce(range_agg(span), '{}') from spans where kind = 'hours') as hours,
        (select coalesce(range_agg(span), '{}') from spans where kind = 'in_service') as in_service
),
counted as (
    select within, monitored, outages, elapsed * hours * in_service - removed as counted from sets
),
states as (
    select within, counted * outages as down, (counted - outages) * monitored as up from counted
),
dates as (
    select generate_series(
        (lower(within) at time zone %(zone)s)::date,
        ((upper(within) - interval '1 microsecond') at time zone %(zone)s)::date,
        interval '1 day'
    )::date as day, states.*
    from states
),
days as (
    select day, down, up, within * tstzrange(
        day::timestamp at time zone %(zone)s, (day + 1)::timestamp at time zone %(zone)s
    ) as cut
    from dates
)
select
    day,
    (select coalesce(sum(extract(epoch from upper(part) - lower(part))), 0) * 1000000
     from unnest(down * cut::tstzmultirange) as part)::bigint as down_us,
    (select coalesce(sum(extract(epoch from upper(part) - lower(part))), 0) * 1000000
     from unnest(up * cut::tstzmultirange) as part)::bigint as up_us
from days
order by day
"""

ALWAYS = (-2_000_000_000_000_000, 10_000_000_000_000_000)


def spans_of(terms: PlainTerms) -> list[dict[str, Any]]:
    """Return all spans of a question as rows, each with what it is."""
    sets = {
        "window": [terms.window],
        "outage": terms.outages,
        "removed": terms.removed,
        "elapsed": [terms.elapsed],
        "hours": _or_always(terms.service_hours),
        "in_service": _or_always(terms.in_service),
        "monitored": _or_always(terms.monitored),
    }
    return [
        {"kind": kind, "start_us": start_us, "end_us": end_us}
        for kind, spans in sets.items()
        for start_us, end_us in spans
    ]


def _or_always(spans: list[Span] | None) -> list[Span]:
    return [ALWAYS] if spans is None else spans


def answered(question: dict[str, Any], connection: psycopg.Connection[Any]) -> dict[str, Any]:
    """Return the answer to a question."""
    terms = plain_terms(question)
    if terms.merge_gap_us or terms.min_outage_us:
        raise UnsupportedError("damping")
    parameters = {"spans": json.dumps(spans_of(terms)), "zone": question["zone"]}
    rows: list[tuple[date, int, int]] = connection.execute(QUERY, parameters).fetchall()
    days = tuple(Day(day, 0, 0) for day, _, _ in rows)
    return answer(days, [(down_us, up_us) for _, down_us, up_us in rows])


if __name__ == "__main__":
    with psycopg.connect(sys.argv[1], autocommit=True) as connection:
        serve(lambda question: answered(question, connection))
