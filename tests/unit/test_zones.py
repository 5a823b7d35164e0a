"""Zone rules: one loader, one source, exact names."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

import sla_compliance
from sla_compliance.errors import InvalidTypeError, UnknownZoneError
from sla_compliance.zones import load_zone, tz_version, zone_names


@pytest.mark.parametrize("name", ["UTC", "Africa/Lagos", "America/Argentina/Buenos_Aires", "EST5EDT", "Etc/GMT+12"])
def test_names_of_the_list_are_zones(name: str) -> None:
    """A name of the IANA list loads and keeps its name."""
    assert load_zone(name).key == name


def test_every_listed_zone_loads() -> None:
    """No name that the loader knows lacks its rules."""
    assert len(zone_names()) > 500
    assert all(load_zone(name).key == name for name in zone_names())


def test_a_zone_is_loaded_once() -> None:
    """Asking twice gives one object."""
    assert load_zone("Europe/Berlin") is load_zone("Europe/Berlin")


ODD_NAMES = [
    "", " ", "Europe/Berlin ", "europe/berlin", "EUROPE/BERLIN", "Berlin", "Factory", "localtime", "posixrules",
    "right/UTC", "right/Europe/Berlin", "posix/UTC", "+01:00", "UTC+1", "GMT+1", "CET-1CEST", "EST5EDT,M3.2.0,M11.1.0",
    "../UTC", "/etc/localtime", "/usr/share/zoneinfo/UTC", "Europe", "Europe/", "/Europe/Berlin", "Europe//Berlin",
    "Europe/./Berlin", "Europe\\Berlin", "Europe/Berlin\n", "Europe/Berlin\0", "__init__.py", "zone.tab", "tzdata.zi",
    "Europe/__init__.py", "\ud800", "Ev\u0302rope", "U" * 1_000_000,
]  # fmt: skip


@pytest.mark.parametrize("name", ODD_NAMES, ids=[ascii(name)[:24] for name in ODD_NAMES])
def test_everything_else_is_refused(name: str) -> None:
    """Paths, rules, offsets, other cases and files that are no zones are refused by name, briefly."""
    with pytest.raises(UnknownZoneError, match=r"^tenant\.zone is ") as caught:
        load_zone(name, field="tenant.zone")
    assert caught.value.field == "tenant.zone"
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("name", [None, 1, True, b"UTC", ["UTC"], load_zone("UTC")])
def test_only_text_is_a_name(name: object) -> None:
    """A zone object, bytes or nothing is a wrong type."""
    with pytest.raises(InvalidTypeError, match="zone is "):
        load_zone(name)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("europe/berlin", "did you mean 'Europe/Berlin'?"),
        ("America/New York", "did you mean 'America/New_York'?"),
        ("Africa/Lagoss", "did you mean 'Africa/Lagos'?"),
        ("america/north dakota/new salem", "did you mean 'America/North_Dakota/New_Salem'?"),
        ("America/Argentina/ComodRivadavia".ljust(40, "a"), "did you mean 'America/Argentina/ComodRivadavia'?"),
        ("America/Argentina/ComodRivadavia".ljust(41, "a"), "give a name such as 'Africa/Lagos'"),
        ("Lagos", "did you mean 'Africa/Lagos'?"),
        ("new york", "did you mean 'America/New_York'?"),
        ("Bogota", "did you mean 'America/Bogota'?"),
        ("ushuaia", "did you mean 'America/Argentina/Ushuaia'?"),
        ("dubai", "did you mean 'Asia/Dubai'?"),
        ("Azores", "did you mean 'Atlantic/Azores'?"),
        ("perth", "did you mean 'Australia/Perth'?"),
        ("ROME", "did you mean 'Europe/Rome'?"),
        ("mahe", "did you mean 'Indian/Mahe'?"),
        ("fiji", "did you mean 'Pacific/Fiji'?"),
        ("japen", "did you mean 'Japan'?"),
        ("cubb", "give a name such as 'Africa/Lagos'"),
        ("utc", "did you mean 'UTC'?"),
        ("Z", "give a name such as 'Africa/Lagos'"),
        ("PST", "give a name such as 'Africa/Lagos'"),
        ("GMT+1", "give a name such as 'Africa/Lagos'"),
        ("??", "give a name such as 'Africa/Lagos'"),
    ],
)
def test_a_near_name_is_suggested(name: str, hint: str) -> None:
    """A wrong case, a city or a slip of the pen is answered with the name that was meant, up to forty characters.

    An abbreviation or an offset is not: the names that resemble it lie hours apart.
    """
    with pytest.raises(UnknownZoneError) as caught:
        load_zone(name)
    assert str(caught.value).endswith(hint)


def test_version_is_that_of_the_rules() -> None:
    """The version reported is the one that the package's own zone file bears."""
    header = files("tzdata").joinpath("zoneinfo", "tzdata.zi").read_text().splitlines()[0]
    assert header == f"# version {tz_version()}"


def test_the_rules_of_a_zone_are_read_once() -> None:
    """Later calls open no file: a report of a thousand tenants asks for a zone a thousand times."""
    program = (
        "import sys; from sla_compliance.zones import load_zone; load_zone('Europe/Berlin'); "
        "sys.addaudithook(lambda event, details: event == 'open' and print('opens', details[0])); "
        "load_zone('Europe/Berlin'); load_zone('Asia/Tokyo')"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(sla_compliance.__file__).parents[1])}
    command = [sys.executable, "-c", program]
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    (line,) = run.stdout.splitlines()
    assert line.endswith("Tokyo")


def test_the_machines_own_data_is_not_needed() -> None:
    """Zones load the same where the machine has no zone data at all."""
    program = (
        "import zoneinfo; zoneinfo.reset_tzpath(()); from sla_compliance.zones import load_zone; "
        "import datetime as d; print(d.datetime(2026, 7, 1, tzinfo=load_zone('America/Vancouver')).utcoffset())"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
    assert shown == "-1 day, 17:00:00"
