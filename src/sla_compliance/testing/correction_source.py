"""The promises of SupportsCorrections, as tests."""
################################################################
# A test class inherits CorrectionSourceContract and brings the fixture `source_of`: it
# makes a source that holds the corrections of some tenants, entered in their order.
################################################################

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

from sla_compliance.corrections import Correction
from sla_compliance.sources.protocol import SupportsCorrections
from sla_compliance.testing.stored_alarms import HOSTILE_TENANTS

CorrectionSourceOf: TypeAlias = Callable[[Mapping[str, Sequence[Correction]]], SupportsCorrections]

_ENTERED: Final = datetime(2026, 4, 1, 8, 0, 0, 1, tzinfo=UTC)
_HOUR: Final = timedelta(hours=1)


def correction(row_id: str, **facts: Any) -> Correction:  # noqa: ANN401 - the arguments of a Correction
    """Return a correction that is entered at the same instant as others."""
    return Correction(row_id, **{"reason": "seen", "author": "M. Ade", "entered_at": _ENTERED, **facts})


class CorrectionSourceContract:
    """What sources of corrections promise."""

    def test_a_tenant_has_its_corrections_with_all_that_they_say(self, source_of: CorrectionSourceOf) -> None:
        """Times to the microsecond, severity, void, and who says so when and why."""
        start = _ENTERED - 9 * _HOUR
        entered = (
            correction("1", ends=start),
            correction("2", starts=start, ends=start + _HOUR),
            correction("o'brien \N{GREEK SMALL LETTER ALPHA}", severity="major"),
            correction("4", void=True, reason="a test of the line", author="N. Obi"),
        )
        assert tuple(source_of({"acme": entered}).corrections("acme")) == entered

    def test_the_last_one_entered_comes_last(self, source_of: CorrectionSourceOf) -> None:
        """By when it was entered; of one instant, by the order of their entry, ten and more."""
        entered = [correction("1", ends=_ENTERED - number * _HOUR) for number in range(12)]
        late = correction("1", severity="minor", entered_at=_ENTERED + _HOUR)
        early = correction("1", void=True, entered_at=_ENTERED - _HOUR)
        source = source_of({"acme": [late, *entered, early]})
        assert list(source.corrections("acme")) == [early, *entered, late]

    def test_a_tenant_never_sees_the_corrections_of_another(self, source_of: CorrectionSourceOf) -> None:
        """Whatever the tenant id contains; the same id may be of a row of each."""
        source = source_of({"acme": [correction("1", void=True)], "other": [correction("1", severity="minor")]})
        assert list(source.corrections("other")) == [correction("1", severity="minor")]
        for tenant_id in (*HOSTILE_TENANTS, "unknown"):
            assert list(source.corrections(tenant_id)) == []
