"""GuardedCalls: calls of a part behind the service, each with a time-out, and none while the part hangs."""
################################################################
# A tenant whose call was not answered in time gets no further call for some seconds;
# its callers get the error at once. Where the calls of two tenants in a row were not
# answered, the part hangs, and no tenant gets a call but for one every few seconds,
# which finds out whether the part is back (a circuit breaker). So a tenant whose rows
# take too long keeps no other one waiting, and a part that hangs costs two time-outs,
# not one a request.
#
# An error that comes at once is an answer: it costs no time. So is an error of the
# library, such as one about bad rows.
################################################################

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from time import monotonic
from typing import Final, TypeVar

from sla_compliance.calls.timed import TimedCalls
from sla_compliance.errors import SLAComplianceError

CALL_AGAIN_AFTER_S: Final = 5.0
LATE_S: Final = 1.0
"""An error that took as long as this says the same as no answer: e.g. connecting took too long."""
_MOST_TENANTS: Final = 10_000
_TENANTS_OF_A_PART_THAT_HANGS: Final = 2

_Result = TypeVar("_Result")


class GuardedCalls:
    """Calls of one part, e.g. of the store; of one event loop."""

    def __init__(
        self,
        part: str,
        time_out: timedelta,
        *,
        call_again_after_s: float = CALL_AGAIN_AFTER_S,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Make no call yet.

        Args:
            part: what is called; error messages begin with it.
            time_out: how long a call may take.
            call_again_after_s: for how long no call is made after one that was not answered.
            clock: seconds that never go back.
        """
        self._part = part
        self._calls = TimedCalls(part, time_out.total_seconds())
        self._time_out_s = time_out.total_seconds()
        self._call_again_after_s = call_again_after_s
        self._clock = clock
        self._next_call_s: dict[str, float] = {}
        self._unanswered_tenants: set[str] = set()
        self._next_probe_s = 0.0

    async def call(self, tenant_id: str, work: Callable[[], Awaitable[_Result]]) -> _Result:
        """Return the result of a call for a tenant.

        Raises:
            TimeoutError: it takes too long, or is not made because earlier ones did. Its own errors come through.
        """
        self._check_open(tenant_id)
        start_s = self._clock()
        try:
            result = await self._calls.make(work)
        except Exception as error:
            is_late = self._clock() - start_s >= min(LATE_S, self._time_out_s)
            if is_late and not isinstance(error, SLAComplianceError):
                self._note_unanswered(tenant_id)
            else:
                self._note_answered(tenant_id)
            raise
        self._note_answered(tenant_id)
        return result

    def _check_open(self, tenant_id: str) -> None:
        now_s = self._clock()
        is_hanging = len(self._unanswered_tenants) >= _TENANTS_OF_A_PART_THAT_HANGS
        next_call_s = max(self._next_call_s.get(tenant_id, 0.0), self._next_probe_s if is_hanging else 0.0)
        if now_s < next_call_s:
            raise TimeoutError(
                f"{self._part} did not answer in time; it is called again in {next_call_s - now_s:.1f} s"
            )
        if is_hanging:
            # This call finds out whether the part is back; the others wait for what it says.
            self._next_probe_s = now_s + self._call_again_after_s

    def _note_unanswered(self, tenant_id: str) -> None:
        if len(self._next_call_s) >= _MOST_TENANTS:
            self._next_call_s.clear()
        self._next_call_s[tenant_id] = self._next_probe_s = self._clock() + self._call_again_after_s
        self._unanswered_tenants.add(tenant_id)

    def _note_answered(self, tenant_id: str) -> None:
        self._next_call_s.pop(tenant_id, None)
        self._unanswered_tenants.clear()
