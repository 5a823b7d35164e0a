"""Laws of hours: they share out every local day of every zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

import sla_compliance as sla
from sla_compliance.ledger import summed_cells
from sla_compliance.units import HOUR_US

minutes = st.integers(0, 4 * 24 * 60)


@given(
    zone=st.timezone_keys(allow_prefix=False),
    first=st.datetimes(datetime(1985, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - made aware below
    length=minutes,
    outages=st.lists(st.tuples(minutes, minutes), max_size=3),
)
def test_hours_share_out_every_day(zone: str, first: datetime, length: int, outages: list[tuple[int, int]]) -> None:
    """To the last microsecond, in all cells; only the first and last of the window and of a day are shorter."""
    start = first.replace(tzinfo=UTC)
    alarms = [sla.Alarm(start + timedelta(minutes=low), start + timedelta(minutes=low + span)) for low, span in outages]
    end = start + timedelta(minutes=length)
    report = sla.evaluate(alarms, start=start, end=end, zone=zone, as_of=end)
    hours = report.by(sla.Period.HOUR)
    for day in report.days:
        of_day = [hour for hour in hours if hour.date == day.date]
        assert summed_cells([hour.cells_us for hour in of_day]) == day.cells_us
        assert all(hour.end_us - hour.start_us == HOUR_US for hour in of_day[1:-1])
        assert all(0 < hour.end_us - hour.start_us <= HOUR_US for hour in of_day)
    edges = [hour.start_us for hour in hours]
    assert edges[1:] == [hour.end_us for hour in hours][:-1]
    assert sum(hour.downtime_us for hour in hours) == report.total.downtime_us
