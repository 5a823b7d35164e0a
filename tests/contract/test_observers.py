"""Observers of a service keep their promises."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry

from sla_compliance.outlets.prometheus import PrometheusObserver
from sla_compliance.service import Statistics
from sla_compliance.service.observer import Observers, ServiceObserver
from sla_compliance.testing import ObserverContract


class TestStatistics(ObserverContract):
    """Counts in memory."""

    @pytest.fixture
    def observer(self) -> ServiceObserver:
        """All 0."""
        return Statistics()


@pytest.mark.parametrize("with_tenant_label", [True, False])
class TestPrometheusObserver(ObserverContract):
    """Series of a registry, with and without the tenant's name."""

    @pytest.fixture
    def observer(self, *, with_tenant_label: bool) -> ServiceObserver:
        """A registry of its own."""
        return PrometheusObserver(CollectorRegistry(), with_tenant_label=with_tenant_label)


class TestObservers(ObserverContract):
    """Several as one."""

    @pytest.fixture
    def observer(self) -> ServiceObserver:
        """Counts and series."""
        return Observers((Statistics(), PrometheusObserver(CollectorRegistry())))
