"""StatementStore: what a store of issued statements promises."""
################################################################
# A store only ever grows: a statement is appended and never changed or removed.
#
# Statements of one tenant, subject and period are a series. Each has the number after
# the last one, names its digest and is not issued before it. So of two issuers at once
# one wins, and the other learns which statement was kept.
#
# What is read was checked: a row that was altered after it was kept is an error, and
# never a figure.
################################################################

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Protocol

from sla_compliance.analysis import Statement
from sla_compliance.analysis.statement_documents import document_of, statement_of
from sla_compliance.checks import check_type
from sla_compliance.errors import InvalidTenantError, InvalidValueError, SLAComplianceError, shown
from sla_compliance.units import MAX_US, MIN_US, moment

LONGEST_SUBJECT: Final = 500


class StatementConflictError(SLAComplianceError, ValueError):
    """A statement cannot be appended: another one was kept before it.

    Attributes:
        kept: the statement of the same number, or the last one of the series.
    """

    def __init__(self, message: str, *, kept: Statement) -> None:
        super().__init__(message, field="statement")
        self.kept = kept


class InvalidStoredStatementError(InvalidTenantError):
    """A stored statement is none, or was altered after it was kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementFilter:
    """Which statements of a tenant.

    Attributes:
        start_us, end_us: those of periods that share an instant with [start_us, end_us), microseconds.
        known_at_us: of each series the last one that was issued by then; None: all.
        subjects: those of these; None as one of them is all of the tenant. None: those of any.
    """

    start_us: int = MIN_US
    end_us: int = MAX_US
    known_at_us: int | None = None
    subjects: Collection[str | None] | None = None


ALL_STATEMENTS: Final = StatementFilter()


@dataclass(frozen=True, slots=True)
class StatementPage:
    """Some of the statements that a filter names.

    Attributes:
        statements: those issued last first; without their lines, which one statement may have many of.
        total: how many there are.
    """

    statements: tuple[Statement, ...]
    total: int


class StatementStore(Protocol):
    """Issued statements, kept for good. No base class to inherit.

    An implementation promises, and `testing.StatementStoreContract` checks, that it
    - returns a statement equal to what was appended, and no other tenant's;
    - keeps one statement of each tenant, subject, period and number, however many append at once;
    - changes and removes none;
    - raises an InvalidStoredStatementError instead of returning one that was altered.

    A subject is None where a statement is of all of the tenant.
    """

    async def append(self, statement: Statement) -> Statement:
        """Keep a statement and return it; one that is kept already is returned, and nothing changes.

        Raises:
            StatementConflictError: it is not the next of its series; `kept` is the one in its place, or the last one.
            InvalidValueError: it is no whole statement, is issued before the last one, or has a number other than 1
                and none before it.
        """
        ...

    async def last(self, tenant_id: str, subject: str | None, start_us: int, end_us: int) -> Statement | None:
        """Return the last statement of a series; None where there is none."""
        ...

    async def known_at(
        self, tenant_id: str, subject: str | None, start_us: int, end_us: int, at_us: int
    ) -> Statement | None:
        """Return the last statement of a series that was issued by an instant; None where there is none."""
        ...

    async def with_digest(self, tenant_id: str, digest: str) -> Statement | None:
        """Return the statement of a tenant with a digest; None where there is none."""
        ...

    async def page(
        self, tenant_id: str, wanted: StatementFilter = ALL_STATEMENTS, *, limit: int, offset: int = 0
    ) -> StatementPage:
        """Return some of the statements of a tenant, those issued last first."""
        ...


def check_appendable(statement: Statement) -> None:
    """Check that a statement can be kept, whatever was kept before.

    Raises:
        InvalidTypeError: it is no Statement.
        InvalidValueError: it is no whole one, or its subject is empty or too long.
    """
    check_type(statement, Statement, "statement", "a Statement")
    statement_of(document_of(statement))
    subject = statement.subject
    # As tables have it: characters other than ASCII are longer there.
    if subject is not None and not 0 < len(subject.encode("unicode_escape")) <= LONGEST_SUBJECT:
        raise InvalidValueError(
            f"subject is {shown(subject)}; to be stored it has 1 to {LONGEST_SUBJECT} characters", field="subject"
        )


def check_same(kept: Statement, statement: Statement) -> Statement:
    """Return the statement that was kept under the number of another one, where both are the same.

    Raises:
        StatementConflictError: they are not.
    """
    if kept.digest != statement.digest:
        raise StatementConflictError(
            f"statement {kept.number} of this period was issued by {shown(kept.issued_by)} already, from"
            f" {'the same' if kept.input_digest == statement.input_digest else 'other'} facts; restate that one",
            kept=kept,
        )
    return kept


def check_follows(statement: Statement, last: Statement | None) -> None:
    """Check that a statement is the next one of its series.

    Raises:
        StatementConflictError, InvalidValueError: it is not.
    """
    if last is None:
        if statement.number != 1 or statement.supersedes is not None:
            raise InvalidValueError(
                f"statement has number {statement.number} and none before it is kept; append those first",
                field="statement",
            )
        return
    if (statement.number, statement.supersedes) != (last.number + 1, last.digest):
        raise StatementConflictError(
            f"statement has number {statement.number} and does not supersede the last one, number {last.number};"
            " restate that one",
            kept=last,
        )
    if statement.issued_us < last.issued_us:
        raise InvalidValueError(
            f"issued_at is {moment(statement.issued_us).isoformat()}, before statement {last.number} was issued;"
            " set this machine's clock",
            field="issued_at",
        )
