"""The house as a table: which room stands above which, and who may use which library."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Final

PACKAGE: Final = "sla_compliance"

# Lowest first. A module imports its own room and lower lines; rooms of one line do not import each other.
ROOMS: Final = (
    ("errors", "version"),
    ("lazy",),
    ("checks",),
    ("units",),
    ("intervals",),
    ("zones",),
    ("calendars",),
    ("labels",),
    ("rounding",),
    ("drawing",),
    ("dataframes",),
    ("alarms",),
    ("columns",),
    ("instant_columns",),
    ("rejected_rows",),
    ("validation",),
    ("undated_rows",),
    ("identity",),
    ("corrections",),
    ("checked_rows",),
    ("described_alarms",),
    ("batch_preview",),
    ("logged_changes",),
    ("batch",),
    ("rows_by_id",),
    ("corrected_batch",),
    ("rows",),
    ("policy",),
    ("method",),
    ("targeting",),
    ("accepted_maintenance",),
    ("contract",),
    ("inventory",),
    ("keyed_rows",),
    ("downtime",),
    ("ledger",),
    ("ledger_rule",),
    ("certainty",),
    ("doubtful_time",),
    ("readings",),
    ("verdicts",),
    ("counted_downtime",),
    ("previews",),
    ("records",),
    ("record_columns",),
    ("measured",),
    ("day_json",),
    ("agreements",),
    ("day_figures",),
    ("stretches",),
    ("incidents",),
    ("incident_columns",),
    ("row_findings",),
    ("evidence",),
    ("exclusion_lines",),
    ("canonical_input",),
    ("quality",),
    ("report",),
    ("timeline",),
    ("evaluation",),
    ("compliance",),
    ("date_ranges", "samples", "analysis"),
    ("settings",),
    ("calls",),
    ("sources", "stores", "cache", "frames", "outlets"),
    ("streaming",),
    ("delivery",),
    ("service",),
    ("alerts",),
    ("web", "jobs"),
    ("server",),
    ("cli", "testing"),  # the top line: nothing imports testing, and it must not import the server
)
LEVELS: Final = {room: level for level, rooms in enumerate(ROOMS) for room in rooms}
CORE: Final = frozenset(room for rooms in ROOMS[: LEVELS["calls"]] for room in rooms)

# Files, or folders ending in "/", that may import third-party libraries.
LIBRARIES: Final = {
    "zones.py": {"tzdata"},
    "calendars/recurrences.py": {"dateutil"},
    "rows/arrow.py": {"narwhals"},
    "sources/_files/parquet.py": {"pyarrow"},
    "sources/_files/row_files.py": {"openpyxl", "pyarrow"},
    "sources/_files/table.py": {"openpyxl", "pyarrow"},
    "sources/_files/window_rows.py": {"openpyxl", "pyarrow"},
    "sources/_files/xlsx.py": {"openpyxl"},
    "sources/_files/plain_rows.py": {"openpyxl", "pyarrow"},
    "sources/correction_files.py": {"openpyxl", "pyarrow"},
    "sources/exclusion_files.py": {"openpyxl", "pyarrow"},
    "sources/inventory_files.py": {"openpyxl", "pyarrow"},
    "sources/files.py": {"openpyxl", "pyarrow"},
    "sources/maintenance_files.py": {"openpyxl", "pyarrow"},
    "dataframes.py": {"narwhals"},
    "frames/": {"narwhals", "numpy", "pandas", "polars", "pyarrow"},  # the last three inside functions, as is given
    "frames/gathering.py": {"pyarrow", "pyspark"},
    "frames/spark.py": {"pyarrow", "pyspark"},
    "frames/spark_task.py": {"pyarrow"},
    "frames/whole_keys.py": {"pyarrow"},
    "streaming/": {"pyarrow"},
    "timeline/": {"numpy", "polars"},
    "day_figures.py": {"pandas", "polars"},  # for the types of what it returns alone
    "sources/_sql/": {"sqlalchemy"},
    "sources/command_engines.py": {"sqlalchemy"},
    "sources/database_urls.py": {"sqlalchemy"},
    "sources/sqlalchemy.py": {"sqlalchemy"},
    "sources/timescaledb.py": {"sqlalchemy"},
    "stores/_notification_rows.py": {"sqlalchemy"},
    "stores/_rows.py": {"sqlalchemy"},
    "stores/_statement_rows.py": {"sqlalchemy"},
    "stores/_tables.py": {"sqlalchemy"},
    "stores/sqlalchemy.py": {"sqlalchemy"},
    "stores/sqlalchemy_batch.py": {"sqlalchemy"},
    "cache/redis.py": {"redis"},
    "outlets/budget_gauges.py": {"prometheus_client"},
    # Inside functions: what a locale or a format needs is imported when it is asked for.
    "outlets/__init__.py": {"babel", "fontTools", "typst", "weblate_fonts", "xlsxwriter"},
    "outlets/_document/": {"babel"},
    "outlets/document.py": {"babel"},
    "outlets/locales.py": {"babel"},
    "outlets/words/": {"babel"},
    "outlets/report_formats.py": {"fontTools", "typst", "weblate_fonts", "xlsxwriter"},
    "outlets/writers.py": {"fontTools", "typst", "weblate_fonts", "xlsxwriter"},
    "outlets/prometheus.py": {"prometheus_client"},
    "outlets/_xlsx/": {"xlsxwriter"},  # for types alone
    "outlets/xlsx.py": {"xlsxwriter"},
    "outlets/_pdf/": {"fontTools", "typst", "weblate_fonts"},
    "outlets/pdf.py": {"fontTools", "typst", "weblate_fonts"},
    "web/": {"fastapi", "pydantic", "starlette"},
    "jobs/celery.py": {"celery"},
    "jobs/celery_alerts.py": {"celery"},
    "jobs/celery_reports.py": {"celery"},
    "jobs/spark.py": {"pyarrow", "pyspark", "sqlalchemy"},
    "server/app.py": {"cryptography", "fastapi", "jwt", "prometheus_client", "sqlalchemy", "starlette"},
    "server/auth.py": {"cryptography", "fastapi", "jwt"},
    "server/connections.py": {"uvicorn"},
    "server/database.py": {"sqlalchemy"},
    "server/delivery.py": {"sqlalchemy"},
    "server/key_set.py": {"cryptography", "jwt"},
    "server/metrics.py": {"fastapi", "prometheus_client"},
    "server/middleware.py": {"starlette"},
    "server/readiness.py": {"sqlalchemy"},
    "server/run.py": {
        "cryptography",
        "fastapi",
        "jwt",
        "prometheus_client",
        "redis",
        "sqlalchemy",
        "starlette",
        "uvicorn",
    },
    "server/tenant_choice.py": {"fastapi"},
    "server/tenants.py": {"sqlalchemy"},
    "server/worker.py": {"celery", "cryptography", "fastapi", "jwt", "prometheus_client", "sqlalchemy", "starlette"},
    "server/worker_metrics.py": {"fastapi", "prometheus_client"},
    "cli/": {"click", "rich"},
    "cli/app_service.py": {"prometheus_client", "redis", "sqlalchemy"},
    "cli/ddl.py": {"sqlalchemy"},  # for a type alone
    "cli/database.py": {"sqlalchemy"},
    "cli/answer_options.py": {"sqlalchemy"},
    "cli/inputs.py": {"sqlalchemy"},
    "cli/deliveries.py": {"sqlalchemy"},
    "cli/doctor.py": {"sqlalchemy"},
    "cli/invalidate.py": {"prometheus_client", "redis", "sqlalchemy"},
    "cli/notify.py": {"prometheus_client", "redis", "sqlalchemy"},
    "cli/send_reports.py": {"prometheus_client", "redis", "sqlalchemy"},
    "cli/reconcile.py": {"prometheus_client", "redis", "sqlalchemy"},
    "cli/report.py": {"sqlalchemy"},
    "cli/settle.py": {"sqlalchemy"},
    "cli/statement.py": {"sqlalchemy"},
    "cli/trend.py": {"sqlalchemy"},
    "cli/budget.py": {"sqlalchemy"},
    "cli/explain.py": {"sqlalchemy"},
    "cli/incidents.py": {"sqlalchemy"},
    "testing/": {"hypothesis", "pytest"},
}


def package_folder() -> Path:
    """Return the folder of the installed package, without importing it."""
    spec = importlib.util.find_spec(PACKAGE)
    assert spec is not None
    return Path(str(spec.origin)).parent


FOLDER: Final = package_folder()
FILES: Final = {path.relative_to(FOLDER).as_posix(): path for path in sorted(FOLDER.rglob("*.py"))}


def room_of(file: str) -> str:
    """Return the room of a file, e.g. "calendars/periods.py": "calendars"."""
    return file.partition("/")[0].removesuffix(".py")


def parsed(file: str) -> ast.Module:
    """Return the syntax tree of a file of the package."""
    return ast.parse(FILES[file].read_text(encoding="utf-8"), filename=file)


def imported_modules(file: str) -> Iterator[str]:
    """Yield the dotted name of each module that a file imports, inside functions too."""
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from _modules_imported_from(node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "import_module":
            yield _literal_start(node.args[0]).removesuffix(".")


def _literal_start(text: ast.expr) -> str:
    """Return the text of a string, or the part of an f-string before its first value."""
    return str(ast.literal_eval(text.values[0] if isinstance(text, ast.JoinedStr) else text))


def _modules_imported_from(node: ast.ImportFrom) -> Iterator[str]:
    assert node.level == 0, "imports are absolute"
    for alias in node.names:
        full = f"{node.module}.{alias.name}"
        yield full if file_of_module(full) is not None else str(node.module)


def file_of_module(module: str) -> str | None:
    """Return the file of a module of this package; None for a name that is no such module."""
    package, _, inside = module.partition(".")
    place = inside.replace(".", "/")
    candidates = (f"{place}.py", f"{place}/__init__.py") if inside else ("__init__.py",)
    return next((file for file in candidates if package == PACKAGE and file in FILES), None)


def libraries_allowed(file: str) -> set[str]:
    """Return the third-party libraries that a file may import."""
    return set().union(*(libraries for place, libraries in LIBRARIES.items() if _stands_in(file, place)))


def _stands_in(file: str, place: str) -> bool:
    return file.startswith(place) if place.endswith("/") else file == place
