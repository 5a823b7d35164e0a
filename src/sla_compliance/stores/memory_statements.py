"""Issued statements in memory: for tests, demonstrations and notebooks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from sla_compliance.analysis import Statement
from sla_compliance.stores.statements import (
    ALL_STATEMENTS,
    StatementFilter,
    StatementPage,
    check_appendable,
    check_follows,
    check_same,
)

_Key = tuple[str, str | None, int, int]
"""Tenant, subject, start and end of a series."""


class MemoryStatementStore:
    """A StatementStore of one process."""

    def __init__(self) -> None:
        """Start empty."""
        self._series: defaultdict[_Key, list[Statement]] = defaultdict(list)

    async def append(self, statement: Statement) -> Statement:
        """Keep a statement and return it; errors as `StatementStore.append`."""
        check_appendable(statement)
        series = self._series[statement.tenant, statement.subject, statement.start_us, statement.end_us]
        for kept in series:
            if kept.number == statement.number:
                return check_same(kept, statement)
        check_follows(statement, series[-1] if series else None)
        series.append(statement)
        return statement

    async def last(self, tenant_id: str, subject: str | None, start_us: int, end_us: int) -> Statement | None:
        """Return the last statement of a series; None where there is none."""
        series = self._series.get((tenant_id, subject, start_us, end_us))
        return series[-1] if series else None

    async def known_at(
        self, tenant_id: str, subject: str | None, start_us: int, end_us: int, at_us: int
    ) -> Statement | None:
        """Return the last statement of a series that was issued by an instant; None where there is none."""
        return _known_at(self._series.get((tenant_id, subject, start_us, end_us), ()), at_us)

    async def with_digest(self, tenant_id: str, digest: str) -> Statement | None:
        """Return the statement of a tenant with a digest; None where there is none."""
        for key, series in self._series.items():
            if key[0] == tenant_id:
                for kept in series:
                    if kept.digest == digest:
                        return kept
        return None

    async def page(
        self, tenant_id: str, wanted: StatementFilter = ALL_STATEMENTS, *, limit: int, offset: int = 0
    ) -> StatementPage:
        """Return some of the statements of a tenant, those issued last first."""
        matching: list[Statement] = []
        for (owner, subject, start_us, end_us), series in self._series.items():
            is_within = start_us < wanted.end_us and end_us > wanted.start_us
            if owner != tenant_id or not is_within or (wanted.subjects is not None and subject not in wanted.subjects):
                continue
            if wanted.known_at_us is None:
                matching += series
            elif (known := _known_at(series, wanted.known_at_us)) is not None:
                matching.append(known)
        matching.sort(key=lambda kept: (-kept.issued_us, -kept.start_us, kept.end_us, kept.subject or "", -kept.number))
        page = matching[offset : offset + limit]
        return StatementPage(tuple(replace(kept, lines=None) for kept in page), len(matching))


def _known_at(series: Sequence[Statement], at_us: int) -> Statement | None:
    """Return the last statement that was issued by an instant."""
    known = [kept for kept in series if kept.issued_us <= at_us]
    return known[-1] if known else None
