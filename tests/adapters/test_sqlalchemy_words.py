"""Words of severity and status and local times in databases mean what they mean in rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from sqlalchemy import Engine, create_engine, text

import sla_compliance as sla
from sla_compliance.rows.words import WordMap
from sla_compliance.sources.sqlalchemy import (
    AlarmsTable,
    MaintenanceTable,
    SQLAlchemyAlarmSource,
    SQLAlchemyMaintenanceSource,
)
from sla_compliance.units import instant_us
from tests.servers.databases import fresh_database

START: Final = datetime(2026, 10, 24, tzinfo=UTC)
END: Final = datetime(2026, 10, 27, tzinfo=UTC)
WINDOW_US: Final = (instant_us(START, field="start"), instant_us(END, field="end"))
COLUMNS: Final = "id TEXT PRIMARY KEY, tenant_id TEXT, status TEXT, alarm_id TEXT"
UNMAPPED: Final[dict[str, Any]] = dict.fromkeys(
    ("resolved_at", "last_occurrence", "alarm_type", "resource_id", "customer_id", "subscriber_count", "title")
)
WORDS: Final = ["High", "Disaster", "hIgH", "Average", "Not classified", "critical", "", None, "cleared", "Minor"]
MAPS: Final[list[WordMap]] = [
    {"critical": ["High", "Disaster"], "minor": "Average", "info": "Not classified"},
    {"critical": ["High", "Disaster"], "minor": "*"},
    {"minor": ["High"], "major": "*"},
    {"critical": ["High", ""], "warning": ["Average", "cleared", "Not classified"]},
]


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    """Both databases."""
    return str(request.param)


@pytest.fixture
def engine(dialect: str, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A database without tables."""
    if dialect == "sqlite":
        engine = create_engine("sqlite://")
        yield engine
        engine.dispose()
        return
    with fresh_database(request.getfixturevalue("postgres_dsn"), "") as url:
        engine = create_engine(url)
        yield engine
        engine.dispose()


def stored(engine: Engine, severity_type: str, time_type: str, rows: list[dict[str, Any]]) -> None:
    """Make the table and store the rows."""
    with engine.begin() as connection:
        if severity_type == "level":
            connection.execute(text("CREATE TYPE level AS ENUM ('HIGH', 'Disaster', 'Average', 'critical')"))
        columns = f"{COLUMNS}, severity {severity_type}, first_occurrence {time_type}, cleared_at {time_type}"
        connection.execute(text(f"CREATE TABLE alarms ({columns})"))
        for row in rows:
            names = ", ".join(row)
            values = ", ".join(
                f"CAST(:{name} AS {severity_type})" if name == "severity" else f":{name}" for name in row
            )
            connection.execute(text(f"INSERT INTO alarms ({names}) VALUES ({values})"), row)  # noqa: S608


def hourly(words: list[Any], **columns: Any) -> list[dict[str, Any]]:
    """Return rows of one word each, each a quarter of an hour long, in microseconds."""
    start_us, quarter_us = WINDOW_US[0], 900_000_000
    return [
        {
            "id": f"{row}",
            "tenant_id": "acme",
            "severity": word,
            "first_occurrence": start_us + 4 * row * quarter_us,
            "cleared_at": start_us + (4 * row + 1) * quarter_us,
            **columns,
        }
        for row, word in enumerate(words)
    ]


def cells(batch: sla.AlarmBatch) -> list[Any]:
    """Return the figures of a batch, how sure they are, and how many rows were set aside."""
    report = sla.evaluate(batch, start=START, end=END, zone="Europe/Lisbon", as_of=END)
    bounds = report.bounds()
    return [dict(report.total.segments), bounds.low, bounds.high, len(report.quality.rejected)]


def both_ways(engine: Engine, rows: list[dict[str, Any]], **options: Any) -> None:
    """Check that the database and the reader of mappings give the same figures, in each way of reading."""
    source = SQLAlchemyAlarmSource(engine, AlarmsTable(**UNMAPPED, **options), on_invalid="quarantine")
    expected = cells(sla.alarms_from_rows(rows, on_invalid="quarantine", epoch="us", **options))
    for fetch in (source.fetch, source.fetch_details):
        batch = fetch("acme", *WINDOW_US)
        assert cells(batch) == expected


@pytest.mark.parametrize("severity_map", MAPS)
def test_words_of_severity_mean_the_same_as_in_rows(engine: Engine, severity_map: WordMap) -> None:
    """In any case, with the word for all others, and with absent ones."""
    rows = hourly(WORDS)
    stored(engine, "TEXT", "BIGINT", rows)
    both_ways(engine, rows, severity_map=severity_map)


@pytest.mark.parametrize("severity_map", [{"critical": [4, 5], "minor": [1, 2]}, {"critical": [4, 5], "minor": "*"}])
def test_numbers_are_words(engine: Engine, severity_map: WordMap) -> None:
    """As other products store severities."""
    rows = hourly([5, 4, 3, 2, 1])
    stored(engine, "INTEGER", "BIGINT", rows)
    both_ways(engine, rows, severity_map=severity_map)


@pytest.mark.parametrize("severity_map", MAPS[:3])
def test_labels_of_an_enum_are_words(postgres_dsn: str, severity_map: WordMap) -> None:
    """The server is sent its own labels alone."""
    with fresh_database(postgres_dsn, "") as url:
        engine = create_engine(url)
        rows = hourly(["HIGH", "Disaster", "Average", "critical"])
        stored(engine, "level", "BIGINT", rows)
        both_ways(engine, rows, severity_map=severity_map)
        engine.dispose()


@pytest.mark.parametrize("status_map", [{"resolved": ["Fixed", "OK"]}, {"active": "Problem", "closed": "*"}])
def test_words_of_status_say_that_a_row_is_over(engine: Engine, status_map: WordMap) -> None:
    """Such a row ends by the next one of its device, also where the database looks for that row."""
    rows = hourly(["critical"] * 4)
    for row, status in zip(rows, ["FIXED", "ok", "Problem", "Problem"], strict=True):
        row |= {"status": status, "cleared_at": None, "alarm_id": "olt-1"}
    rows[2]["cleared_at"] = rows[2]["first_occurrence"] + 1_000_000
    stored(engine, "TEXT", "BIGINT", rows)
    both_ways(engine, rows, status_map=status_map)


SEVERITY_COUNTS: Final[list[tuple[str, WordMap | None, str | None, int]]] = [
    # "cRiTiCaL" is read, but no filter's spelling matches it: the look finds it too.
    ("TEXT", None, None, 5),
    ("TEXT", None, "severity <> 'Sev1'", 3),
    ("TEXT", {"minor": "Sev1"}, None, 4),
    ("TEXT", {"minor": "*"}, None, 3),  # an absent word is none of the others
    ("VARCHAR(20)", {"major": "cleared"}, None, 4),
]


@pytest.mark.parametrize(("severity_type", "severity_map", "where", "count"), SEVERITY_COUNTS)
def test_severities_that_no_filter_matches_are_counted(
    engine: Engine, severity_type: str, severity_map: WordMap | None, where: str | None, count: int
) -> None:
    """Unknown words, overwritten ones and absent ones, as the map and the condition of the mapping say."""
    rows = hourly(["critical", "MINOR", "Sev1", "cleared", None, "", "cRiTiCaL"])
    stored(engine, severity_type, "BIGINT", rows)
    mapping = AlarmsTable(severity_map=severity_map, where=where)
    source = SQLAlchemyAlarmSource(engine, mapping, on_invalid="quarantine")
    source.fetch("another", *WINDOW_US)
    source.fetch("acme", *WINDOW_US)
    assert source.unrecognized_severity_rows("another") == 0
    assert source.unrecognized_severity_rows("acme") == count


def test_numbers_and_labels_that_no_filter_matches_are_counted(postgres_dsn: str) -> None:
    """Of columns that can hold no other word."""
    for severity_type, words, severity_map, count in (
        ("INTEGER", [5, 4, 3, None], {"critical": [4, 5]}, 2),
        ("level", ["HIGH", "Disaster", "Average", "critical"], {"critical": "High", "info": "average"}, 1),
        ("level", ["HIGH", "Disaster", "Average", "critical"], None, 3),
    ):
        with fresh_database(postgres_dsn, "") as url:
            engine = create_engine(url)
            stored(engine, severity_type, "BIGINT", hourly(list(words)))
            source = SQLAlchemyAlarmSource(engine, AlarmsTable(severity_map=severity_map), on_invalid="quarantine")
            source.fetch("acme", *WINDOW_US)
            assert source.unrecognized_severity_rows("acme") == count
            engine.dispose()


LOCAL: Final = [
    ("2026-10-24 23:30:00", "2026-10-25 00:30:00"),
    ("2026-10-25 01:15:00", "2026-10-25 01:45:00"),  # the hour that comes twice in Lisbon
    ("2026-10-25 01:59:00", "2026-10-25 02:01:00"),
    ("2026-10-26 12:00:00", None),
]


def test_local_times_are_read_by_the_clock_of_their_zone(engine: Engine, dialect: str) -> None:
    """Over the autumn change, to the microsecond, in each way of reading."""
    rows = hourly(["critical"] * len(LOCAL))
    for row, (first, cleared) in zip(rows, LOCAL, strict=True):
        row |= {"first_occurrence": first, "cleared_at": cleared}
    written = rows
    if dialect == "postgresql":
        names = ("first_occurrence", "cleared_at")
        times = [{name: row[name] and datetime.fromisoformat(row[name]) for name in names} for row in rows]
        written = [{**row, **local} for row, local in zip(rows, times, strict=True)]
    stored(engine, "TEXT", "TIMESTAMP", written)
    both_ways(engine, rows, times_in="Europe/Lisbon")


def test_windows_in_local_time(engine: Engine) -> None:
    """As alarms: the instants are those of the zone's clock."""
    table = (
        "CREATE TABLE maintenance_windows (tenant_id TEXT, start_time TIMESTAMP, end_time TIMESTAMP);"
        "INSERT INTO maintenance_windows VALUES ('acme', '2026-10-24 23:00:00', '2026-10-25 03:00:00')"
    )
    with engine.begin() as connection:
        for statement in table.split(";"):
            connection.execute(text(statement))
    names = ("status", "title", "affected_resources", "affected_customers", "affected_services")
    unmapped: dict[str, Any] = dict.fromkeys(names)
    mapping = MaintenanceTable(**unmapped, times_in="Europe/Lisbon")
    (window,) = SQLAlchemyMaintenanceSource(engine, mapping).fetch("acme", *WINDOW_US)
    assert (window.start, window.end) == (
        datetime(2026, 10, 24, 22, tzinfo=UTC),
        datetime(2026, 10, 25, 3, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"severity_map": {"severe": "High"}}, sla.InvalidValueError, "severity_map names 'severe'"),
        ({"severity_map": "High"}, sla.InvalidTypeError, "severity_map"),
        ({"status_map": {"closed": "x", "cleared": "x"}}, sla.InvalidValueError, "status_map maps 'x'"),
        ({"times_in": "Lisbon"}, sla.UnknownZoneError, "times_in"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_when_it_is_made(options: Any, error: Any, message: str) -> None:
    """By the name of its argument."""
    with pytest.raises(error, match=message):
        AlarmsTable(**options)


def test_an_unknown_word_is_a_bad_row_that_names_the_option() -> None:
    """Also where the source knows no map."""
    engine = create_engine("sqlite://")
    stored(engine, "TEXT", "BIGINT", hourly(["High"]))
    source = SQLAlchemyAlarmSource(engine, AlarmsTable(**UNMAPPED), on_invalid="quarantine")
    (rejected,) = source.fetch("acme", *WINDOW_US).rejected
    assert "alarm 0 severity is 'High'; give one of" in rejected.reasons[0]
    assert "severity_map={'critical': ['High']}" in rejected.reasons[0]
    engine.dispose()
