"""AlertState: what of a tenant was told already, as a store keeps it."""
################################################################
# What was told of a period is of (tenant, period, fingerprint of the policy): a new
# period, and a new policy, has nothing told. A period that was followed and is over is
# kept, the latest ones: its last minutes may still have lost it, and one that was lost
# may be met after all.
#
# A state is written only where something in it has changed, so it holds no instant of
# the last look. `changed_us` is that of the budget by which it changed last: a budget
# evaluated before that knows less, and is left out. Two workers whose budgets are up
# to a minute old would else tell a breach, take it back and tell it again.
################################################################

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from json import dumps, loads
from typing import Any, Final, Self

from sla_compliance.alerts.alert import Alert
from sla_compliance.errors import InvalidValueError, shown

STATE_VERSION: Final = 1
MOST_ENDED_PERIODS: Final = 3
MOST_CAUSES: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodState:
    """What was told of one period under one policy.

    Attributes:
        start_us, end_us: the period, microseconds, half-open.
        policy_fingerprint: of the policy.
        is_low: whether a low budget was told.
        is_breached: whether a confirmed breach was told, and has not been taken back.
        is_doubtful: whether a breach that is not confirmed was told, and has not been taken back.
        times_lifted: how often a breach was taken back.
        urgent_us: as of when an outage was told as urgent, the last time; None: never.
        causes: digests of the causes of unconfirmed breaches that were told since one was taken back.
    """

    start_us: int
    end_us: int
    policy_fingerprint: str
    is_low: bool = False
    is_breached: bool = False
    is_doubtful: bool = False
    times_lifted: int = 0
    urgent_us: int | None = None
    causes: tuple[str, ...] = ()

    @property
    def bounds_us(self) -> tuple[int, int]:
        """Start and end."""
        return self.start_us, self.end_us


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertState:
    """What was told of one tenant; frozen.

    Attributes:
        tenant_id: whose.
        policy_fingerprint: of the policy that holds now.
        current: the period that is followed; None: none yet.
        ended: periods that were followed and are over, the latest last.
        changed_us: as of when the state changed last; None: never.
        had_data: whether there was monitored time at the time it was looked at.
        is_without_data: whether missing data was told, and none has come back.
        failing_since_us: since when all readings fail; None: the last one did not.
        waiting: alerts that wait for the daily digest.
        digest_us: when the last digest was due; None: there was none.
        looked_back_us: when periods that are over were looked at last; None: never.
    """

    tenant_id: str
    policy_fingerprint: str
    current: PeriodState | None = None
    ended: tuple[PeriodState, ...] = ()
    changed_us: int | None = None
    had_data: bool = False
    is_without_data: bool = False
    failing_since_us: int | None = None
    waiting: tuple[Alert, ...] = ()
    digest_us: int | None = None
    looked_back_us: int | None = None

    def under(self, policy_fingerprint: str) -> Self:
        """Return the state under the policy that holds now."""
        if policy_fingerprint == self.policy_fingerprint:
            return self
        return replace(self, policy_fingerprint=policy_fingerprint)

    def period(self, start_us: int, end_us: int) -> PeriodState | None:
        """Return what was told of a period under the policy that holds now; None where it was not followed."""
        for period in (self.current, *reversed(self.ended)):
            if period is not None and period.bounds_us == (start_us, end_us) and self._is_under_policy(period):
                return period
        return None

    def _is_under_policy(self, period: PeriodState) -> bool:
        return period.policy_fingerprint == self.policy_fingerprint

    def periods_to_look_back_at(self, now_us: int) -> tuple[PeriodState, ...]:
        """Return the followed periods that are over, the earliest first: those whose figures may still change."""
        followed = (*self.ended, *(() if self.current is None else (self.current,)))
        return tuple(period for period in followed if period.end_us <= now_us and self._is_under_policy(period))

    def with_period(self, period: PeriodState) -> Self:
        """Return the state with what was told of a period now; a period that is new is the current one from then on."""
        current = self.current
        if period in (current, *self.ended):
            return self
        if current is None or _key(current) == _key(period):
            return replace(self, current=period)
        if any(_key(ended) == _key(period) for ended in self.ended):
            replaced = tuple(period if _key(ended) == _key(period) else ended for ended in self.ended)
            return replace(self, ended=replaced)
        # What does not end before the new one begins is the same time by another agreement: it is not followed further.
        ended = (*self.ended, current) if current.end_us <= period.start_us else self.ended
        return replace(self, current=period, ended=ended[-MOST_ENDED_PERIODS:])

    def as_json(self) -> str:
        """Return the state as JSON, the same text for the same state."""
        return dumps({"version": STATE_VERSION, **_fields_of(self)}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the state that `as_json` wrote.

        Raises:
            InvalidValueError: it is none, or one of a later version.
        """
        try:
            fields = loads(text)
            version = fields.pop("version")
            if version == STATE_VERSION:
                return cls(**_arguments(fields))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise InvalidValueError(f"state is {shown(text)}, no state of alerts", field="state") from error
        raise InvalidValueError(
            f"state is of version {shown(version)}; this library knows {STATE_VERSION}: update it", field="state"
        )


def _fields_of(state: AlertState) -> dict[str, Any]:
    return {**asdict(state), "waiting": [alert.as_dict() for alert in state.waiting]}


def _arguments(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a state from its JSON."""
    current = fields["current"]
    return {
        **fields,
        "current": None if current is None else _period_state(current),
        "ended": tuple(_period_state(ended) for ended in fields["ended"]),
        "waiting": tuple(Alert.from_dict(payload) for payload in fields["waiting"]),
    }


def _period_state(fields: Mapping[str, Any]) -> PeriodState:
    return PeriodState(**{**fields, "causes": tuple(fields["causes"])})


def _key(period: PeriodState) -> tuple[int, int, str]:
    return period.start_us, period.end_us, period.policy_fingerprint
