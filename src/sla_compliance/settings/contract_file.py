"""Settings of a contract file, and the two functions that read one."""
################################################################
# The file has up to four tables: [defaults], [tenants.ID], [rows] and [tables]. A
# tenant's table overrides the defaults key by key, at any depth; a tenant that the
# file does not name has the defaults.
################################################################

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sla_compliance.agreements import TenantSettings
from sla_compliance.calendars.service_hours import ServiceHours
from sla_compliance.checks import checked_text
from sla_compliance.errors import InvalidFileError, SLAComplianceError, shown
from sla_compliance.policy import SLAPolicy
from sla_compliance.settings.agreement import Agreement, agreement_of
from sla_compliance.settings.keys import DEFAULTS_KEY, ROWS_KEY, TABLES_KEY, TENANTS_KEY
from sla_compliance.settings.reading import MOST_BYTES, ContractReader, Values, merged, parse_toml, path_of

_CHANGES: Final = "changes"
_OPTIONS_OF_CHANGES: Final[Sequence[str]] = ("times_in", "epoch", "on_invalid")


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSettings:
    """How rows of files are read; what the file does not say is absent.

    Attributes:
        options: keywords of the reader of rows: `columns`, `times_in`, `epoch`, `severity_map`, `status_map`,
            `on_invalid`, `clock_skew`.
        changes: keywords of the reader of state changes, those among `options` that it takes included; None where a row
            is an alarm.
    """

    options: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a contract file says.

    Attributes:
        defaults: what holds for every tenant.
        tenants: the tenants that the file names, by id; what their tables leave out is the defaults'.
        rows: how rows of files are read.
        tables: names of the tables `alarms`, `maintenance`, `inventory`, `corrections` and `tenants` of a database and
            of their columns, as far as the file says them; None: there is no such column.
    """

    defaults: Agreement = field(default_factory=Agreement)
    tenants: Mapping[str, Agreement] = field(default_factory=dict)
    rows: RowSettings = field(default_factory=RowSettings)
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def policy(self) -> SLAPolicy:
        """The policy of tenants that the file does not name."""
        return self.defaults.policy

    @property
    def service_hours(self) -> ServiceHours | None:
        """The service hours of tenants that the file does not name; None: always."""
        return self.defaults.service_hours

    def agreement(self, tenant_id: str | None) -> Agreement:
        """Return what was agreed with a tenant: the defaults where the file does not name it."""
        return self.defaults if tenant_id is None else self.tenants.get(tenant_id, self.defaults)

    def tenant_settings(self) -> dict[str, TenantSettings]:
        """Return the settings of the tenants that the file names, for a service or a job without a table of tenants.

        Raises:
            InvalidValueError: the file does not say a tenant's zone; the message names the key.
        """
        settings: dict[str, TenantSettings] = {}
        for tenant_id, agreement in self.tenants.items():
            try:
                settings[tenant_id] = agreement.tenant_settings()
            except SLAComplianceError as error:
                path = path_of(TENANTS_KEY.name, tenant_id)
                raise error.renamed(path_of(path, error.field)) from None
        return settings


def load(path: str | os.PathLike[str]) -> Settings:
    """Return the settings of a contract file.

    Raises:
        OSError: the file cannot be read.
        InvalidFileError, InvalidContractError: as `loads`.
    """
    name = os.fspath(path)
    try:
        with open(name, "rb") as file:  # noqa: PTH123 - pathlib is out of the core's reach
            content = file.read(MOST_BYTES + 1)
    except ValueError:  # not an OSError
        raise InvalidFileError(f"{shown(name)} cannot be read: no path holds a NUL", path=name) from None
    return _settings(content, name, os.path.dirname(name))  # noqa: PTH120 - pathlib is out of the core's reach


def loads(text: str, *, name: str = "the contract file") -> Settings:
    r"""Return the settings that the text of a contract file says.

    Args:
        name: what errors call the file.

    Raises:
        InvalidTypeError: `text` is no str.
        InvalidFileError: it is longer than 1 MiB or no TOML; the message names line and column.
        InvalidContractError: keys are unknown or values wrong. `.exceptions` has an error for each, its `field` is the
            path, e.g. "tenants.acme.policy.target".

    >>> loads('[defaults.policy]\ntarget = 99.95').policy.target_percentage
    99.95
    """
    content = checked_text(text, "text").encode(errors="surrogatepass")
    return _settings(content, name, folder="")


def _settings(content: bytes, name: str, folder: str) -> Settings:
    document = parse_toml(content, name)
    reader = ContractReader()
    values = reader.read(document)
    reader.check(name)
    default_values = values.get(DEFAULTS_KEY.name, {})
    defaults = _agreement(default_values, DEFAULTS_KEY.name, reader, folder)
    reader.check(name)  # first, for a fault of the defaults would be one of each tenant too
    tenants: dict[str, Agreement] = {}
    for tenant_id, own_values in values[TENANTS_KEY.name].items():
        tenant_values = merged(default_values, own_values)
        path = path_of(TENANTS_KEY.name, tenant_id)
        tenants[tenant_id] = _agreement(tenant_values, path, reader, folder, frozenset(own_values))
    reader.check(name)
    return Settings(
        defaults=defaults,
        tenants=tenants,
        rows=_rows(values.get(ROWS_KEY.name, {})),
        tables=values.get(TABLES_KEY.name, {}),
    )


def _agreement(
    values: Values, path: str, reader: ContractReader, folder: str, own_keys: frozenset[str] = frozenset()
) -> Agreement:
    """Return the agreement of a table; where its values contradict each other, the reader has the fault."""
    try:
        return agreement_of(values, own_keys, folder)
    except SLAComplianceError as error:
        reader.faults.append(error.renamed(f"{path}.{error.field}"))
        return Agreement()


def _rows(values: Values) -> RowSettings:
    options = {name: value for name, value in values.items() if name != _CHANGES}
    if _CHANGES not in values:
        return RowSettings(options=options)
    shared = {name: options[name] for name in _OPTIONS_OF_CHANGES if name in options}
    return RowSettings(options=options, changes={**values[_CHANGES], **shared})
