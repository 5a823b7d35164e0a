"""RetryRule: when a delivery that failed is tried again, and when no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sla_compliance.delivery.messages import DeliveryError
from sla_compliance.units import MICROSECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryRule:
    """Each wait is twice the one before, give or take a part of it, so that receivers are not called in step.

    Attributes:
        first_wait: after the first attempt.
        longest_wait: no wait is longer, unless the receiver asks for it.
        most_attempts: after so many a delivery has failed for good.
        jitter: the part of a wait by which it is longer or shorter at most.
    """

    first_wait: timedelta = timedelta(seconds=30)
    longest_wait: timedelta = timedelta(hours=2)
    most_attempts: int = 20
    jitter: float = 0.2

    def retry_us(self, attempts: int, error: DeliveryError, now_us: int, *, draw: float) -> int | None:
        """Return when to try again, microseconds; None: never.

        Args:
            attempts: how many there were.
            draw: a random number from 0 to 1.
        """
        if error.is_permanent or attempts >= self.most_attempts:
            return None
        # Bounded, for a length of time is.
        doublings = min(max(attempts - 1, 0), 30)
        wait = min(self.first_wait * (1 << doublings), self.longest_wait)
        wait *= 1 + self.jitter * (2 * draw - 1)
        if error.retry_after is not None:
            wait = max(wait, error.retry_after)
        return now_us + wait // MICROSECOND


DEFAULT_RETRIES = RetryRule()
