"""The promises of the optional parts of sources of alarms, as tests: what they have is tested, the rest is skipped."""
################################################################
# SupportsCompleteSince, ReadsCompleteSince, CountsUnrecognizedSeverities,
# SupportsSampleFlag and SupportsForget. None of them fails for a tenant that is not
# known: the service asks before it knows.
#
# A source that cannot reach its rows raises an error of its own. No alarms, or an error
# of the library, would say something about the service level.
################################################################

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from sla_compliance.errors import SLAComplianceError
from sla_compliance.sources.protocol import (
    CountsUnrecognizedSeverities,
    ReadsCompleteSince,
    SupportsCompleteSince,
    SupportsForget,
    SupportsSampleFlag,
)
from sla_compliance.testing.async_sources import OnOneLoop
from sla_compliance.testing.stored_alarms import HOSTILE_TENANTS, SINCE_US, UNTIL_US

AnySource: TypeAlias = Any
"""A source with some of the parts, sync or async; None: there is no such thing."""

_TENANTS = ("acme", "unknown", *HOSTILE_TENANTS)


class SourcePartsContract:
    """What the optional parts of an AlarmSource promise; needs `source`, and where it can be had `unreachable`."""

    @pytest.fixture
    def unreachable(self) -> AnySource:
        """Return the same kind of source, whose rows cannot be reached; None: there is no such thing."""
        return

    @pytest.fixture
    def called(self) -> Callable[[Any], Any]:
        """Return what a call of a method of the source has returned, awaited where it is to be."""
        return lambda returned: returned

    def test_rows_that_cannot_be_reached_are_an_error_of_the_source(
        self,
        unreachable: AnySource,
        called: Callable[[Any], Any],
    ) -> None:
        """Never no alarms, which would be 100 %; never an error of the library, which would be the caller's fault."""
        if unreachable is None:
            pytest.skip("its rows can always be reached")
        with pytest.raises(Exception) as caught:  # noqa: PT011 - its own errors are of any kind
            called(unreachable.fetch("acme", SINCE_US, UNTIL_US))
        assert not isinstance(caught.value, SLAComplianceError)

    def test_rows_are_complete_since_an_instant_or_not_known_to_be(
        self,
        source: AnySource,
        called: Callable[[Any], Any],
    ) -> None:
        """The same each time, for a tenant that is not known too; a look at the rows says no later instant."""
        if not isinstance(source, SupportsCompleteSince):
            pytest.skip("it does not say since when its rows are complete")
        for tenant_id in _TENANTS:
            known_us = source.complete_since(tenant_id)
            _check_instant(known_us)
            assert source.complete_since(tenant_id) == known_us
            if isinstance(source, ReadsCompleteSince):
                read_us = called(source.read_complete_since(tenant_id))
                _check_instant(read_us)
                assert known_us is None or read_us is None or read_us <= known_us

    def test_unrecognized_severities_are_counted_or_were_not_looked_for(
        self,
        source: AnySource,
    ) -> None:
        """A whole number, for a tenant that is not known 0 or None."""
        if not isinstance(source, CountsUnrecognizedSeverities):
            pytest.skip("it does not count rows of unknown severity")
        for tenant_id in _TENANTS:
            rows = source.unrecognized_severity_rows(tenant_id)
            assert rows is None or (type(rows) is int and rows >= 0)

    def test_it_says_whether_its_alarms_are_made_up(self, source: AnySource) -> None:
        """Yes or no, nothing to call."""
        if not isinstance(source, SupportsSampleFlag):
            pytest.skip("its alarms are taken for real ones")
        assert type(source.is_sample) is bool

    def test_forgetting_what_is_not_known_is_no_error(self, source: AnySource) -> None:
        """Twice, too."""
        if not isinstance(source, SupportsForget):
            pytest.skip("it remembers nothing")
        for tenant_id in (*_TENANTS, *_TENANTS):
            returned: Any = source.forget(tenant_id)  # type: ignore[func-returns-value]
            assert returned is None


class AsyncSourcePartsContract(OnOneLoop, SourcePartsContract):
    """The same of an AsyncAlarmSource; needs `async_source`, and where it can be had `async_unreachable`."""

    @pytest.fixture
    def async_unreachable(self) -> AnySource:
        """Return the same kind of source, whose rows cannot be reached; None: there is no such thing."""
        return

    @pytest.fixture
    def source(self, async_source: AnySource) -> AnySource:
        """Return the async source as it is."""
        return async_source

    @pytest.fixture
    def unreachable(self, async_unreachable: AnySource) -> AnySource:
        """Return the async one as it is."""
        return async_unreachable

    @pytest.fixture
    def called(self, runner: asyncio.Runner) -> Callable[[Any], Any]:
        """Return what an awaitable comes to."""
        return lambda returned: runner.run(returned) if inspect.iscoroutine(returned) else returned


def _check_instant(instant_us: int | None) -> None:
    assert instant_us is None or type(instant_us) is int
