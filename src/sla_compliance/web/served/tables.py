"""The platform's tables, as the app makes them in a database of its own; in a real one they exist already."""
################################################################
# SQLite has no type for times: there they are RFC 3339 text, as the sources read it.
################################################################

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.types import TypeEngine

from sla_compliance.samples import COLUMNS

metadata: Final = MetaData()
_NUMBERS: Final = frozenset({"subscriber_count", "occurrence_count"})
_TIMES: Final = frozenset({"first_occurrence", "last_occurrence", "acknowledged_at", "cleared_at", "resolved_at"})


class Moment(TypeDecorator[datetime]):
    """An aware datetime; text in SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type of the database."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401 - SQLAlchemy's
        """Return what is stored."""
        return value.isoformat() if value is not None and dialect.name == "sqlite" else value


def _alarm_column(name: str) -> Column[Any]:
    kind = Moment() if name in _TIMES else Integer() if name in _NUMBERS else Text()
    return Column(name, kind, primary_key=name == "id")


tenants: Final = Table(
    "tenants",
    metadata,
    Column("id", Text, primary_key=True),
    Column("timezone", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
)
alarms: Final = Table(
    "alarms",
    metadata,
    *map(_alarm_column, COLUMNS),
    Index("ix_sla_alarms", "tenant_id", "severity", "first_occurrence", "cleared_at"),
)
maintenance_windows: Final = Table(
    "maintenance_windows",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("tenant_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("start_time", Moment, nullable=False),
    Column("end_time", Moment, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("suppress_alarms", Boolean, nullable=False),
    Column("affected_services", JSON, nullable=False),
    Column("affected_customers", JSON, nullable=False),
    Column("affected_resources", JSON, nullable=False),
)
