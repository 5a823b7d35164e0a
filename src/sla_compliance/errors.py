"""Every exception of the library, under one base."""
################################################################
# Bad input is one error, which names the field, the value and the way out.
# The message begins with the name of the field, so a caller that knows the field
# by another name can exchange that name and nothing else.
#
# Every class has the builtin parent that callers expect (a bad value is a
# ValueError, a wrong type a TypeError), keeps its facts as attributes and
# survives pickling, so a worker process can hand it back.
#
# A module imports the packages of an extra inside `requires_extra`, which alone
# raises MissingExtraError.
################################################################

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Self, TypeVar

SHOWN_CHARACTERS: Final = 60
PACKAGE: Final = "sla_compliance"

_Error = TypeVar("_Error", bound="SLAComplianceError")
_Member = TypeVar("_Member", bound="SLAComplianceError")


def shown(value: object) -> str:
    """Return `value` for a message: short, on one line, safe for input of any size.

    >>> shown("2025-10-08" * 10_000)
    "'2025-10-082025-10-082025-10-082025-10-082025-10-082025-10-08'... (100000 characters)"
    """
    if isinstance(value, str | bytes):
        ellipsis = f"... ({len(value)} characters)" if len(value) > SHOWN_CHARACTERS else ""
        # The second bound is for escapes, which make a text longer.
        return repr(value[:SHOWN_CHARACTERS])[: 2 * SHOWN_CHARACTERS] + ellipsis
    if isinstance(value, int) and value.bit_length() > 200:  # str() of a huge one takes long, or is refused
        return f"an integer of {value.bit_length()} bits"
    is_plain = value is None or isinstance(value, bool | int | float | date | timedelta)
    if is_plain or (isinstance(value, Decimal) and len(value.as_tuple().digits) <= SHOWN_CHARACTERS):
        try:
            return str(value)[: 2 * SHOWN_CHARACTERS]
        except Exception:  # noqa: S110 - a foreign subclass may raise anything; its type is shown instead
            pass
    return f"a value of type {type(value).__name__}"


class SLAComplianceError(Exception):
    """Base of all errors raised by this library.

    Attributes:
        field: what was wrong, e.g. "alarms[17].cleared_at"; empty where no single field is.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field

    def renamed(self, field: str) -> Self:
        """Return the same error about a field of another name, e.g. that of a command-line option.

        >>> str(InvalidValueError("zone is 'zone', not a time zone", field="zone").renamed("--zone"))
        "--zone is 'zone', not a time zone"
        """
        message, *further_args = self.args
        begins_with_field = self.field != "" and message.startswith(self.field)
        fault = message[len(self.field) :] if begins_with_field else f": {message}"
        return _rebuild(type(self), (field + fault, *further_args), {**self.__dict__, "field": field})

    def __reduce__(self) -> tuple[object, ...]:
        # The default would call the class with `args` alone, without the keyword arguments that classes here need.
        return _rebuild, (type(self), self.args, self.__dict__.copy())


def _rebuild(kind: type[_Error], args: tuple[object, ...], facts: dict[str, object]) -> _Error:
    """Return an error with these arguments and attributes; its __init__ is not called."""
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(facts)
    return error


class InvalidValueError(SLAComplianceError, ValueError):
    """A value has the right type and an impossible content."""


class InvalidTypeError(SLAComplianceError, TypeError):
    """A value has the wrong type."""


class NaiveDatetimeError(InvalidValueError):
    """A datetime carries no time zone, so it names no instant."""


class InvalidTimestampError(InvalidValueError):
    """A text is no timestamp or date of the documented grammar."""


class InstantOutOfRangeError(InvalidValueError):
    """An instant lies too near the years 1 or 9999 to have a local date in every zone."""


class InvalidIntervalError(InvalidValueError):
    """An interval ends before it starts, or columns of intervals do not fit together."""


class UnknownZoneError(InvalidValueError):
    """A text is not the name of a time zone of the IANA list."""


class InvalidTargetError(InvalidValueError):
    """A target is not a finite percentage from 0 to 100."""


class InvalidServiceHoursError(InvalidValueError):
    """Service hours name no days or no times that exist."""


class InvalidRecurrenceError(InvalidValueError):
    """A recurrence rule is malformed, too fine or too long to expand."""


class RangeTooLongError(InvalidValueError):
    """A request spans more days than its caller allows."""


class InvalidAlarmError(InvalidValueError):
    """One alarm row contradicts itself.

    Attributes:
        row: its index in the input.
        column: the column at fault; empty where that is not known, or no single one is.
    """

    def __init__(self, message: str, *, field: str = "", row: int = -1, column: str = "") -> None:
        super().__init__(message, field=field)
        self.row = row
        self.column = column


class _GroupedError(SLAComplianceError, ExceptionGroup[_Member], ValueError):
    """Several errors of one input, raised together."""

    def __new__(cls, message: str, errors: Sequence[_Member]) -> Self:
        """Make the group; ExceptionGroup takes its arguments here."""
        return ExceptionGroup.__new__(cls, message, errors)

    def __init__(self, message: str, errors: Sequence[_Member]) -> None:
        super().__init__(message)
        self.args = (message, errors)

    def derive(self, errors: Sequence[_Member]) -> Self:  # type: ignore[override]
        """Return a group of some of the errors, as split() and subgroup() ask for."""
        return type(self)(self.message, errors)


class InvalidAlarmsError(_GroupedError[InvalidAlarmError]):
    """All bad rows of one input, raised together; `.exceptions` lists them in row order."""


class InvalidContractError(_GroupedError[SLAComplianceError]):
    """All faults of one contract file, raised together; `.exceptions` lists them, the `field` of each is a path."""


class InvalidFileError(SLAComplianceError, ValueError):
    """A file of alarms or windows cannot be read as such.

    Attributes:
        path: the file's name, as the caller wrote it.
        line: the line at fault, counted from 1; None where the fault is in no single line.
    """

    def __init__(self, message: str, *, path: str = "", line: int | None = None) -> None:
        super().__init__(message, field=path if line is None else f"{path}:{line}")
        self.path = path
        self.line = line


class UnknownTenantError(SLAComplianceError, LookupError):
    """No tenant has this id. The message says nothing about other tenants, so it can go to a client.

    Attributes:
        tenant_id: the id of the request.
    """

    def __init__(self, tenant_id: str) -> None:
        super().__init__(f"tenant_id is {shown(tenant_id)}, which no tenant has; check the id", field="tenant_id")
        self.tenant_id = tenant_id


class InvalidStoredDayError(SLAComplianceError, ValueError):
    """A stored day cannot have been measured, or was measured by a clock that is ahead or by later rules.

    Attributes:
        tenant_id, date: whose day.
    """

    def __init__(self, message: str, *, tenant_id: str, date: date) -> None:
        super().__init__(message, field="day")
        self.tenant_id = tenant_id
        self.date = date


class ClockAheadError(InvalidValueError):
    """The clock of this machine is ahead of the store's, so days that it would store may not have happened.

    Attributes:
        clock_us, store_clock_us: what both say, microseconds since 1970.
    """

    def __init__(self, message: str, *, clock_us: int, store_clock_us: int) -> None:
        super().__init__(message, field="clock")
        self.clock_us = clock_us
        self.store_clock_us = store_clock_us


class PeriodOpenError(InvalidValueError):
    """A period is not closed yet, so no statement can be issued of it.

    Attributes:
        final_us: when nothing but a change of facts can alter its figures any more, microseconds since 1970.
    """

    def __init__(self, message: str, *, field: str, final_us: int) -> None:
        super().__init__(message, field=field)
        self.final_us = final_us


class InvalidTenantError(InvalidValueError):
    """What is known of one tenant cannot be used: its zone, a date, or its id. Other tenants are none the worse.

    The message says nothing about other tenants, so it can go to a client.

    Attributes:
        tenant_id: which tenant.
    """

    def __init__(self, message: str, *, tenant_id: str, field: str = "") -> None:
        super().__init__(message, field=field)
        self.tenant_id = tenant_id


class CacheUnavailableError(SLAComplianceError, ConnectionError):
    """A cache cannot be reached, is too slow or refuses to write; whether a write has arrived is not known."""


class CacheBusyError(CacheUnavailableError):
    """All connections to a cache are in use; the cache itself may be well."""


class InvalidCacheEntryError(SLAComplianceError, ValueError):
    """Entries of a cache do not verify, or cannot be days; a service measures such days again.

    Attributes:
        entries: how many.
    """

    def __init__(self, entries: int) -> None:
        super().__init__(
            f"{entries} entries of the cache do not verify, or are no days; they are measured again. See whether all "
            "services that share the cache have the same cache_key, and who else can write to it"
        )
        self.entries = entries


class ServiceUseError(SLAComplianceError, RuntimeError):
    """A service is used where it cannot work: after it was closed, in a fork, on another event loop."""


class MissingExtraError(SLAComplianceError, ImportError):
    """An optional part of the library was imported without the packages it needs.

    Attributes:
        extra: the extra that brings them.
        library: the package that is absent; empty where the import did not say.
        package: one that is needed besides and that no extra brings; empty where the extra is enough.
    """

    def __init__(self, module: str, *, extra: str, library: str = "", package: str = "") -> None:
        example = f" ({library})" if library else ""
        command = f"pip install 'sla-compliance[{extra}]' {package}".rstrip()
        super().__init__(f"{module} needs packages that are not installed{example}; {command}")
        self.extra = extra
        self.library = library
        self.package = package


@contextmanager
def requires_extra(extra: str, module: str, *, package: str = "") -> Iterator[None]:
    """Import the packages of an extra in this block: an absent one is a MissingExtraError.

    Args:
        extra: the extra that brings the packages.
        module: what needs them, for a module its `__name__`.
        package: one that is needed besides and that no extra brings.

    Raises:
        MissingExtraError: a package is absent, the extra's own or one that it depends on.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library == PACKAGE:  # a module of this package is absent: no extra brings it
            raise
        raise MissingExtraError(module, extra=extra, library=library, package=package) from error
