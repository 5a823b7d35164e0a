"""Errors keep their facts, their builtin parents and their way home from a worker process."""

from __future__ import annotations

import pickle
from datetime import timedelta
from decimal import Decimal

import pytest

import sla_compliance as sla
from sla_compliance.errors import (
    CacheUnavailableError,
    InvalidAlarmError,
    InvalidAlarmsError,
    InvalidTypeError,
    InvalidValueError,
    UnknownTenantError,
    requires_extra,
    shown,
)
from tests.unit.moments import at, faults_of


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("abc", "'abc'"),
        (b"abc", "b'abc'"),
        ("line\nbreak", r"'line\nbreak'"),
        ("x" * 61, "'" + "x" * 60 + "'... (61 characters)"),
        (10**30, str(10**30)),
        (10**100, "an integer of 333 bits"),
        (True, "True"),
        (None, "None"),
        (99.5, "99.5"),
        (at(8), "2025-10-08 00:00:00+00:00"),
        (timedelta(seconds=-1), "-1 day, 23:59:59"),
        (Decimal("99.90"), "99.90"),
        (Decimal("9." + "9" * 90), "a value of type Decimal"),
        ([1, 2], "a value of type list"),
    ],
)
def test_a_value_is_shown_short_and_on_one_line(value: object, text: str) -> None:
    """Long ones are cut, containers are named by type."""
    assert shown(value) == text


@pytest.mark.parametrize("character", ["\U000e0001", "\ud800", "\0", "'"])
def test_a_value_is_shown_short_whatever_its_characters(character: str) -> None:
    """What repr spells out in ten characters each is cut too, and can be encoded."""
    text = shown(character * 100)
    assert len(text) < 150
    assert text.isprintable()
    assert text.encode()


def test_an_error_survives_pickling_with_its_facts() -> None:
    """Class, message, field and further attributes."""
    errors: list[sla.SLAComplianceError] = [
        InvalidValueError("a is 1; give 2", field="a"),
        InvalidAlarmError("alarms[3] is bad", field="alarms[3]", row=3),
        sla.InvalidFileError("bad", path="alarms.csv", line=17),
        sla.MissingExtraError("sla_compliance.outlets.prometheus", extra="prometheus"),
        UnknownTenantError("acme"),
        CacheUnavailableError("the cache is full"),
    ]
    for error in errors:
        copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
        assert type(copy) is type(error)
        assert str(copy) == str(error)
        assert copy.__dict__ == error.__dict__


def test_an_error_can_be_about_a_field_of_another_name() -> None:
    """The name in front is exchanged, values that read like it are not; everything else stays."""
    error = InvalidAlarmError("zone is 'zone', not a zone", field="zone", row=3)
    renamed = error.renamed("--zone")
    assert (type(renamed), str(renamed), renamed.field, renamed.row) == (
        InvalidAlarmError,
        "--zone is 'zone', not a zone",
        "--zone",
        3,
    )
    assert (str(error), error.field) == ("zone is 'zone', not a zone", "zone")
    copy = pickle.loads(pickle.dumps(renamed))  # noqa: S301 - our own bytes
    assert (str(copy), copy.field) == (str(renamed), "--zone")


def test_a_message_without_a_field_in_front_is_kept_whole() -> None:
    """The new name stands before it."""
    assert str(InvalidValueError("it is bad").renamed("--x")) == "--x: it is bad"
    assert str(InvalidValueError("it is bad", field="zone").renamed("--x")) == "--x: it is bad"
    group = InvalidAlarmsError("1 bad row", [InvalidAlarmError("a", row=1)]).renamed("rows")
    assert (group.message, group.field, len(group.exceptions)) == ("rows: 1 bad row", "rows", 1)


def test_a_group_of_errors_survives_pickling() -> None:
    """With every error in it."""
    group = InvalidAlarmsError("2 bad rows", [InvalidAlarmError("a", row=1), InvalidAlarmError("b", row=2)])
    copy = pickle.loads(pickle.dumps(group))  # noqa: S301 - our own bytes
    assert copy.message == group.message
    assert [error.row for error in copy.exceptions] == [1, 2]


def test_a_group_can_be_split_and_caught_in_part() -> None:
    """`except*`, split() and subgroup() give groups of the same kind."""
    group = InvalidAlarmsError("2 bad rows", [InvalidAlarmError("a", row=1), InvalidAlarmError("b", row=2)])
    first, rest = group.split(lambda error: getattr(error, "row", None) == 1)
    assert isinstance(first, InvalidAlarmsError)
    assert isinstance(rest, InvalidAlarmsError)
    assert [error.row for error in faults_of(rest)] == [2]
    caught = []
    try:
        raise group
    except* InvalidAlarmError as errors:
        caught = list(errors.exceptions)
    assert len(caught) == 2


def test_errors_have_the_builtin_parents_that_callers_expect() -> None:
    """A bad value is a ValueError, a wrong type a TypeError, a missing package an ImportError."""
    assert issubclass(InvalidValueError, ValueError)
    assert issubclass(InvalidTypeError, TypeError)
    assert issubclass(InvalidAlarmsError, ValueError)
    assert issubclass(sla.MissingExtraError, ImportError)


def test_a_missing_extra_says_what_to_install() -> None:
    """The command stands in the message."""
    assert str(sla.MissingExtraError("sla_compliance.cache.redis", extra="redis")) == (
        "sla_compliance.cache.redis needs packages that are not installed; pip install 'sla-compliance[redis]'"
    )


def test_a_missing_package_is_the_error_of_its_extra() -> None:
    """Named by the library that is absent; its own cause."""
    with (
        pytest.raises(
            sla.MissingExtraError, match=r"^some\.module needs packages .* \(no_such_library\); pip"
        ) as raised,
        requires_extra("celery", "some.module"),
    ):
        import no_such_library.inside  # type: ignore[import-not-found]  # noqa: F401, PLC0415
    assert (raised.value.extra, raised.value.library) == ("celery", "no_such_library")
    assert isinstance(raised.value.__cause__, ModuleNotFoundError)


def test_a_missing_module_of_our_own_is_no_missing_extra() -> None:
    """No package would mend it."""
    with pytest.raises(ModuleNotFoundError), requires_extra("celery", "some.module"):
        import sla_compliance.no_such_module  # type: ignore[import-not-found]  # noqa: F401, PLC0415


def test_a_file_error_names_file_and_line() -> None:
    """Or the file alone where all of it is at fault."""
    assert sla.InvalidFileError("bad", path="a.csv", line=3).field == "a.csv:3"
    assert sla.InvalidFileError("bad", path="a.csv").field == "a.csv"
