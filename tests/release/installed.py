"""Figures of an installed package, on its own zone data whatever the system has; `nox -s installs` runs it."""
################################################################
# It uses the standard library alone, so it runs where nothing else is. Figures are
# computed in processes of their own: one with the zone data of the system, one that
# can see none. Both must be those that were counted by hand.
#
# The window is 2025-10-24 to 2025-11-01 in Berlin: nine days, of which Sunday the 26th
# has 25 hours, so 9 * 24 * 60 + 60 = 13,020 minutes. Maintenance is Sundays from 02:00
# to 04:00, which on the 26th lasts 3 hours, and the last Friday of a month (the 31st)
# from 22:00 to 23:00: 4 hours together. An outage lasts from Sunday 01:30 to 04:30
# local time: 4 hours, of which maintenance takes 3.
################################################################

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

import sla_compliance as sla

ZONE = "Europe/Berlin"
EXPECTED = {"days": 9, "maintenance_minutes": 240.0, "downtime_minutes": 60.0, "observed_minutes": 12_780.0}
# Their rules changed lately: the data of a system may say something else than those of the package.
OTHER_ZONES = ("America/Edmonton", "America/Vancouver", "Africa/Casablanca", "Europe/Chisinau")
MINUTE_US = 60_000_000
AFTERWARDS = datetime(2027, 1, 1, tzinfo=UTC)


def figures() -> dict[str, float]:
    """Return figures of nine days around a change of clocks."""
    start, end = sla.whole_days("2025-10-24", "2025-11-01", zone=ZONE, now=AFTERWARDS)
    sunday = datetime(2025, 10, 5, 0, tzinfo=UTC)  # 02:00 there
    friday = datetime(2025, 9, 26, 20, tzinfo=UTC)  # 22:00 there
    report = sla.evaluate(
        [sla.Alarm(datetime(2025, 10, 25, 23, 30, tzinfo=UTC), datetime(2025, 10, 26, 3, 30, tzinfo=UTC))],
        start=start,
        end=end,
        zone=ZONE,
        as_of=AFTERWARDS,
        maintenance=[
            sla.MaintenanceWindow(sunday, sunday + timedelta(hours=2), recurrence="FREQ=WEEKLY;BYDAY=SU"),
            sla.MaintenanceWindow(friday, friday + timedelta(hours=1), recurrence="FREQ=MONTHLY;BYDAY=-1FR"),
        ],
    )
    record = report.total
    maintenance_us = sum(
        length_us for (scope, _), length_us in record.segments.items() if scope is sla.Scope.MAINTENANCE
    )
    return {
        "days": len(report.days),
        "maintenance_minutes": maintenance_us / MINUTE_US,
        "downtime_minutes": record.downtime_us / MINUTE_US,
        "observed_minutes": record.observed_us / MINUTE_US,
    }


def day_starts(zone: str) -> list[str]:
    """Return when each day of 2026 begins in a zone."""
    start, end = sla.whole_days("2026-01-01", "2026-12-31", zone=zone, now=AFTERWARDS)
    report = sla.evaluate([], start=start, end=end, zone=zone, as_of=AFTERWARDS)
    return [day.start.isoformat() for day in report.days]


def all_figures() -> dict[str, object]:
    """Return all that must not depend on the system."""
    return {"figures": figures(), "day starts": {zone: day_starts(zone) for zone in OTHER_ZONES}}


def figures_of_another_process(**environment: str) -> dict[str, object]:
    """Return all figures as a process with these variables computes them."""
    program = "import json; from tests.release.installed import all_figures; print(json.dumps(all_figures()))"
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, **environment}, capture_output=True, text=True, check=True
    )
    computed: dict[str, object] = json.loads(done.stdout)
    return computed


def main() -> None:
    """Compare the figures; a difference is a non-zero exit code."""
    with_system_zones = figures_of_another_process()
    without_system_zones = figures_of_another_process(PYTHONTZPATH="")
    versions = ", ".join(f"{package} {version(package)}" for package in ("python-dateutil", "tzdata"))
    if with_system_zones["figures"] != EXPECTED:
        sys.exit(f"figures: FAILED with {versions}: {with_system_zones['figures']}, not {EXPECTED}")
    if without_system_zones != with_system_zones:
        sys.exit(f"figures: FAILED with {versions}: they depend on the zone data of the system")
    print(f"figures: work on Python {sys.version.split()[0]} with {versions}")


if __name__ == "__main__":
    main()
