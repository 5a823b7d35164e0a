"""The SQL of a store of statements: it inserts and selects, and nothing else."""
################################################################
# A statement is a row: its key, its document without the lines as JSON text, and its
# lines as JSON that zlib has compressed. An empty subject is all of the tenant.
################################################################

from __future__ import annotations

import json
import zlib
from typing import Any, Final

import sqlalchemy as sa

from sla_compliance.analysis import Statement
from sla_compliance.analysis.statement_documents import document_of, statement_of
from sla_compliance.errors import InvalidValueError
from sla_compliance.stores._tables import STORE_DIALECTS, escaped_key_text, escaped_tenant_id, kept_statements
from sla_compliance.stores.statements import (
    InvalidStoredStatementError,
    StatementFilter,
    StatementPage,
    check_appendable,
    check_follows,
    check_same,
)

_KEPT: Final = kept_statements.c
_ALL_COLUMNS: Final = tuple(_KEPT)
_WITHOUT_LINES: Final = tuple(column for column in _ALL_COLUMNS if column is not _KEPT.lines_zlib)
_KEY_NUMBERS: Final = ("start_us", "end_us", "number", "issued_us")


def append(connection: sa.Connection, statement: Statement) -> Statement:
    """Insert a statement and return it as it is kept; errors as `StatementStore.append`."""
    check_appendable(statement)
    is_of_series = _is_of_series(statement.tenant, statement.subject, statement.start_us, statement.end_us)
    query = sa.select(*_ALL_COLUMNS).where(is_of_series)
    latest = _first(connection, statement.tenant, query.order_by(_KEPT.number.desc()).limit(1))
    if latest is None or latest.number < statement.number:
        check_follows(statement, latest)
        insert = STORE_DIALECTS[connection.dialect.name].insert(kept_statements).on_conflict_do_nothing()
        connection.execute(insert, _values(statement))
    # What is there now is this statement, or that of another issuer who was faster.
    kept = _first(connection, statement.tenant, query.where(_KEPT.number == statement.number))
    if kept is None:
        raise RuntimeError("a statement was inserted and is not there; the isolation level has to be READ COMMITTED")
    return check_same(kept, statement)


def last(
    connection: sa.Connection,
    tenant_id: str,
    subject: str | None,
    start_us: int,
    end_us: int,
    issued_by_us: int | None = None,
) -> Statement | None:
    """Return the last statement of a series, of those issued by an instant where there is one."""
    query = sa.select(*_ALL_COLUMNS).where(_is_of_series(tenant_id, subject, start_us, end_us))
    if issued_by_us is not None:
        query = query.where(_KEPT.issued_us <= issued_by_us)
    return _first(connection, tenant_id, query.order_by(_KEPT.number.desc()).limit(1))


def with_digest(connection: sa.Connection, tenant_id: str, digest: str) -> Statement | None:
    """Return the statement of a tenant with a digest."""
    is_statement = sa.and_(_KEPT.tenant_id == escaped_tenant_id(tenant_id), _KEPT.digest == escaped_key_text(digest))
    return _first(connection, tenant_id, sa.select(*_ALL_COLUMNS).where(is_statement).limit(1))


def page(connection: sa.Connection, tenant_id: str, wanted: StatementFilter, limit: int, offset: int) -> StatementPage:
    """Return some of the statements of a tenant, those issued last first, and how many there are."""
    conditions = [
        _KEPT.tenant_id == escaped_tenant_id(tenant_id),
        _KEPT.start_us < wanted.end_us,
        _KEPT.end_us > wanted.start_us,
    ]
    if wanted.subjects is not None:
        conditions.append(_KEPT.subject.in_([_subject_key(subject) for subject in wanted.subjects]))
    if wanted.known_at_us is not None:
        conditions.append(_KEPT.number == _last_number_by(wanted.known_at_us))
    total = connection.scalars(sa.select(sa.func.count()).select_from(kept_statements).where(*conditions)).one()
    order = (_KEPT.issued_us.desc(), _KEPT.start_us.desc(), _KEPT.end_us, _KEPT.subject, _KEPT.number.desc())
    query = sa.select(*_WITHOUT_LINES).where(*conditions).order_by(*order).limit(limit).offset(offset)
    # All rows at once: an altered one is an error, and would leave the rest of the result open.
    rows = connection.execute(query).all()
    return StatementPage(tuple(_statement(row, tenant_id) for row in rows), total)


def _last_number_by(instant_us: int) -> sa.ScalarSelect[Any]:
    """Return the number of the last statement of a row's series that was issued by an instant."""
    other = kept_statements.alias()
    same_series = [other.c[name] == _KEPT[name] for name in ("tenant_id", "subject", "start_us", "end_us")]
    numbers = sa.select(sa.func.max(other.c.number)).where(*same_series, other.c.issued_us <= instant_us)
    return numbers.scalar_subquery()


def _is_of_series(tenant_id: str, subject: str | None, start_us: int, end_us: int) -> sa.ColumnElement[bool]:
    return sa.and_(
        _KEPT.tenant_id == escaped_tenant_id(tenant_id),
        _KEPT.subject == _subject_key(subject),
        _KEPT.start_us == start_us,
        _KEPT.end_us == end_us,
    )


def _subject_key(subject: str | None) -> str:
    if subject is None:
        return ""
    # No statement has an empty subject: a lone backslash is the key of no row, since escaping doubles backslashes.
    return escaped_key_text(subject) or "\\"


def _values(statement: Statement) -> dict[str, object]:
    """Return the columns of a statement."""
    document = document_of(statement)
    lines = document.pop("lines")
    return {
        "tenant_id": escaped_tenant_id(statement.tenant),
        "subject": _subject_key(statement.subject),
        "start_us": statement.start_us,
        "end_us": statement.end_us,
        "number": statement.number,
        "issued_us": statement.issued_us,
        "digest": statement.digest,
        "content": json.dumps(document, sort_keys=True),
        "lines_zlib": None if lines is None else zlib.compress(json.dumps(lines).encode()),
    }


def _first(connection: sa.Connection, tenant_id: str, query: sa.Select[Any]) -> Statement | None:
    row = connection.execute(query).first()
    return None if row is None else _statement(row, tenant_id)


def _statement(row: sa.Row[Any], tenant_id: str) -> Statement:
    """Return the statement of a row; without its lines where they were not selected.

    Raises:
        InvalidStoredStatementError: it is none, or was altered.
    """
    values = row._asdict()
    try:
        document = json.loads(values["content"])
        document["lines"] = _lines(values.get("lines_zlib"))
        statement = statement_of(document)
        key = {name: getattr(statement, name) for name in _KEY_NUMBERS}
        key |= {
            "tenant_id": escaped_tenant_id(statement.tenant),
            "subject": _subject_key(statement.subject),
            "digest": statement.digest,
        }
        if statement.tenant != tenant_id or any(values[name] != value for name, value in key.items()):
            raise InvalidValueError("statement is another one than its row says", field="statement")
    except (ValueError, TypeError, RecursionError, zlib.error) as error:
        raise InvalidStoredStatementError(
            f"statement number {values['number']} of table {kept_statements.name} was altered after it was kept:"
            f" {error}; put the row back as it was, e.g. from a backup",
            tenant_id=tenant_id,
            field="statement",
        ) from error
    return statement


def _lines(compressed: bytes | None) -> Any:  # noqa: ANN401 - JSON, checked by its reader
    return None if compressed is None else json.loads(zlib.decompress(compressed))
