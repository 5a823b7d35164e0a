"""LeftOut: why time of a record counts neither as up nor as down."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from sla_compliance.labels import Counts, Scope, State
from sla_compliance.records import ComplianceRecord


class LeftOut(StrEnum):
    """A reason why time is left out."""

    NOT_IN_SERVICE = "not_in_service"
    OUT_OF_HOURS = "out_of_hours"
    MAINTENANCE = "maintenance"
    EXCLUDED = "excluded"
    AGREED = "agreed"
    NOT_YET = "not_yet"
    UNKNOWN = "unknown"


_REASONS: Final[Mapping[Scope, LeftOut]] = {
    Scope.NOT_IN_SERVICE: LeftOut.NOT_IN_SERVICE,
    Scope.OUT_OF_HOURS: LeftOut.OUT_OF_HOURS,
    Scope.MAINTENANCE: LeftOut.MAINTENANCE,
    Scope.EXCLUDED: LeftOut.EXCLUDED,
    Scope.AGREED: LeftOut.AGREED,
}


def left_out_lengths(record: ComplianceRecord) -> dict[LeftOut, int]:
    """Return why time of a record is left out, each reason with its length in microseconds."""
    lengths_us: dict[LeftOut, int] = {}
    for (scope, state), length_us in record.segments.items():
        if not length_us or record.accounting.counts(scope, state) is not Counts.NOT_COUNTED:
            continue
        reason = _REASONS[scope]
        if state is State.NOT_YET:
            reason = LeftOut.NOT_YET
        elif scope is Scope.AGREED and state is State.UNKNOWN:
            reason = LeftOut.UNKNOWN
        lengths_us[reason] = lengths_us.get(reason, 0) + length_us
    return lengths_us
