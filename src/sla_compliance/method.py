"""How figures were made, in one line for people."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sla_compliance.labels import Accounting
from sla_compliance.policy import SLAPolicy
from sla_compliance.units import MICROSECOND, length_text, moment
from sla_compliance.zones import load_zone, tz_version

_ACCOUNTINGS_IN_WORDS: Final = {
    "REMOVED": "maintenance and exclusions left out",
    "PLANNED_DOWNTIME_REMOVED": "downtime in maintenance and exclusions left out",
    "EXCUSED": "maintenance counted as up, exclusions left out",
    "COUNTED": "maintenance counted like any time, exclusions left out",
    "GROSS": "without exclusions, in agreed hours",
}


def method_text(policy: SLAPolicy, accounting: Accounting, zone: str, as_of_us: int) -> str:
    """Return how figures are made under a policy and an accounting, of the days of a zone, as of an instant."""
    as_of = moment(as_of_us, load_zone(zone)).isoformat(timespec="seconds")
    severities = " or ".join(sorted(policy.qualifying.severities))
    parts = [
        f"down while a {severities} alarm is raised",
        *_damping_in_words(policy),
        _ACCOUNTINGS_IN_WORDS.get(accounting.name, "cells counted by a custom accounting"),
        f"days of {zone} by zone rules {tz_version()}",
        f"as of {as_of}",
    ]
    return "; ".join(parts)


def _damping_in_words(policy: SLAPolicy) -> list[str]:
    lengths = [
        (policy.merge_gap, "gaps shorter than {} merged"),
        (policy.min_outage, "outages shorter than {} dropped"),
        (policy.stale_after or timedelta(0), "alarms unseen for {} ended when last seen"),
    ]
    return [text.format(length_text(length // MICROSECOND)) for length, text in lengths if length]
