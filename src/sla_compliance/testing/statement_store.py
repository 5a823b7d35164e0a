"""The promises of StatementStore, as tests: every store's test class inherits them and brings an empty `store`."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace

import pytest

from sla_compliance.alarms import Alarm
from sla_compliance.analysis import Statement, statement
from sla_compliance.compliance import evaluate
from sla_compliance.errors import InvalidTypeError, InvalidValueError
from sla_compliance.stores.statements import StatementConflictError, StatementFilter, StatementStore
from sla_compliance.testing.store import UNUSUAL_TENANTS
from sla_compliance.units import SECOND_US, instant_us

FIRST = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
ISSUED = dt.datetime(2026, 11, 10, tzinfo=dt.UTC)


def issued(
    tenant: str = "acme", *, subject: str | None = None, down_minutes: int = 40, days: int = 31, by: str = "ana"
) -> Statement:
    """Return the first statement of the days from 1 October 2026 on, of which one alarm was down."""
    alarm = Alarm(FIRST + dt.timedelta(hours=9), FIRST + dt.timedelta(hours=9, minutes=down_minutes), id="17 🦊")
    report = evaluate([alarm], start=FIRST, end=FIRST + dt.timedelta(days=days), zone="UTC", as_of=ISSUED)
    return statement(report, tenant=tenant, subject=subject, issued_at=ISSUED, issued_by=by)


def next_of(last: Statement, *, reason: str = "row 17 ended later", seconds: int = 60) -> Statement:
    """Return a statement that supersedes another one, issued later."""
    return replace(
        last,
        number=last.number + 1,
        supersedes=last.digest,
        reason=reason,
        issued_us=last.issued_us + seconds * SECOND_US,
    )


@pytest.mark.anyio
class StatementStoreContract:
    """What a store of statements promises."""

    async def test_returns_what_was_appended(self, store: StatementStore) -> None:
        """Equal in every field, lines and digest; with lines and without."""
        for kept in (issued(), replace(issued("other"), lines=None), issued("others", subject="é 🦊\ud800\0")):
            assert await store.append(kept) == kept
            key = kept.tenant, kept.subject, kept.start_us, kept.end_us
            assert await store.last(*key) == kept
            assert await store.with_digest(kept.tenant, kept.digest) == kept

    async def test_appending_again_changes_nothing(self, store: StatementStore) -> None:
        """Also once a later one is kept."""
        first = await store.append(issued())
        second = await store.append(next_of(first))
        assert await store.append(first) == first
        assert await store.append(second) == second
        assert (await store.page("acme", limit=9)).total == 2

    async def test_another_statement_of_the_same_number_is_a_conflict(self, store: StatementStore) -> None:
        """It carries the one that is kept, which stays."""
        kept = await store.append(issued())
        with pytest.raises(StatementConflictError, match="issued by 'ana' already, from the same facts") as caught:
            await store.append(issued(by="bo"))
        assert caught.value.kept == kept
        with pytest.raises(StatementConflictError, match="from other facts"):
            await store.append(issued(down_minutes=41))
        assert await store.last("acme", None, kept.start_us, kept.end_us) == kept

    async def test_a_statement_follows_the_last_one(self, store: StatementStore) -> None:
        """By its number, the digest that it supersedes and the instant."""
        first = issued()
        with pytest.raises(InvalidValueError, match="none before it is kept"):
            await store.append(next_of(first))
        await store.append(first)
        for other in (replace(next_of(first), number=3), replace(next_of(first), supersedes="0" * 64)):
            with pytest.raises(StatementConflictError, match="does not supersede the last one, number 1") as caught:
                await store.append(other)
            assert caught.value.kept.digest == first.digest
        with pytest.raises(InvalidValueError, match="before statement 1 was issued"):
            await store.append(next_of(first, seconds=-1))
        assert (await store.page("acme", limit=9)).total == 1

    async def test_what_is_no_whole_statement_is_refused(self, store: StatementStore) -> None:
        """Lines that are not those of its digest, a subject without a name, another object."""
        with pytest.raises(InvalidValueError, match="changed after it was issued"):
            await store.append(replace(issued(), lines=("x",)))
        for subject in ("", "x" * 501):
            with pytest.raises(InvalidValueError, match="subject is"):
                await store.append(replace(issued(), subject=subject))
        with pytest.raises(InvalidTypeError, match="statement"):
            await store.append("x")  # type: ignore[arg-type]
        assert await store.page("acme", limit=9) == await store.page("other", limit=9)

    async def test_subjects_and_periods_are_series_of_their_own(self, store: StatementStore) -> None:
        """Each begins with number 1."""
        series = [issued(), issued(subject="olt-7"), issued(subject="None"), issued(days=30), issued("other")]
        for kept in series:
            await store.append(kept)
        for kept in series:
            assert await store.last(kept.tenant, kept.subject, kept.start_us, kept.end_us) == kept
        for subject in ("olt-8", "", "\\"):
            assert await store.last("acme", subject, series[0].start_us, series[0].end_us) is None
            assert (await store.page("acme", StatementFilter(subjects=[subject]), limit=9)).total == 0
        assert await store.with_digest("other", series[0].digest) is None
        assert await store.with_digest("acme", "\0") is None

    async def test_tenant_ids_are_data(self, store: StatementStore) -> None:
        """Quotes, NUL, lone surrogates, look-alikes: no tenant reads the statements of another."""
        kept = [
            replace(issued(), tenant=tenant, issued_by=f"job {rank}") for rank, tenant in enumerate(UNUSUAL_TENANTS)
        ]
        for one in kept:
            await store.append(one)
        for one in kept:
            page = await store.page(one.tenant, limit=9)
            assert ([found.digest for found in page.statements], page.total) == ([one.digest], 1)
            assert await store.last(one.tenant, None, one.start_us, one.end_us) == one

    async def test_known_at_is_the_last_one_issued_by_then(self, store: StatementStore) -> None:
        """At its instant it is known."""
        first = await store.append(issued())
        second = await store.append(next_of(first))
        key = "acme", None, first.start_us, first.end_us
        assert await store.known_at(*key, first.issued_us - 1) is None
        assert await store.known_at(*key, first.issued_us) == first
        assert await store.known_at(*key, second.issued_us - 1) == first
        assert await store.known_at(*key, second.issued_us) == second

    async def test_a_page_has_those_issued_last_first(self, store: StatementStore) -> None:
        """Without their lines; the total is that of all pages."""
        first = await store.append(issued())
        second = await store.append(next_of(first))
        other = await store.append(replace(issued(subject="olt-7"), issued_us=second.issued_us + 1))
        newest_first = [other.digest, second.digest, first.digest]
        page = await store.page("acme", limit=9)
        assert ([kept.digest for kept in page.statements], page.total) == (newest_first, 3)
        assert {kept.lines for kept in page.statements} == {None}
        page = await store.page("acme", limit=1, offset=1)
        assert ([kept.digest for kept in page.statements], page.total) == (newest_first[1:2], 3)
        assert (await store.page("acme", limit=1, offset=9)).statements == ()
        assert (await store.page("other", limit=9)).total == 0

    async def test_a_page_is_filtered_by_period_subject_and_what_was_known(self, store: StatementStore) -> None:
        """Periods that only touch the filter are outside."""
        first = await store.append(issued())
        second = await store.append(next_of(first))
        part = await store.append(issued(subject="olt-7", days=2))

        async def digests(wanted: StatementFilter) -> list[str]:
            page = await store.page("acme", wanted, limit=9)
            assert page.total == len(page.statements)
            return sorted(kept.digest for kept in page.statements)

        third_of_october_us = instant_us(FIRST + dt.timedelta(days=2), field="third")
        whole_month = sorted([first.digest, second.digest])
        assert await digests(StatementFilter(start_us=third_of_october_us)) == whole_month
        assert await digests(StatementFilter(end_us=first.start_us)) == []
        assert await digests(StatementFilter(subjects=[None])) == whole_month
        assert await digests(StatementFilter(subjects=["olt-7"])) == [part.digest]
        assert await digests(StatementFilter(subjects=[])) == []
        known = [first.digest, part.digest]
        assert await digests(StatementFilter(known_at_us=first.issued_us)) == sorted(known)
        assert await digests(StatementFilter(known_at_us=second.issued_us)) == sorted([second.digest, part.digest])
        assert await digests(StatementFilter(known_at_us=first.issued_us - 1)) == []

    async def test_of_many_issuers_at_once_one_wins(self, store: StatementStore) -> None:
        """The others learn which statement was kept."""
        rivals = [issued(by=f"worker {rank}") for rank in range(6)]
        results = await asyncio.gather(*(store.append(rival) for rival in rivals), return_exceptions=True)
        kept = [result for result in results if isinstance(result, Statement)]
        conflicts = [result for result in results if isinstance(result, StatementConflictError)]
        assert (len(kept), len(conflicts)) == (1, 5)
        assert all(conflict.kept == kept[0] for conflict in conflicts)
        assert (await store.page("acme", limit=9)).total == 1
