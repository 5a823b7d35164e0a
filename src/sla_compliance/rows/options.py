"""How a door calls the options that read rows, for messages that name one."""
################################################################
# A value that cannot be read without an option gets a message that names
# the option that would read it, in the words of the door that the person came
# through: a keyword of the library, an option of the command line.
################################################################

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionNames:
    """The options of one door, each as somebody would write it there; empty where the door does not have it.

    Attributes:
        columns: maps names of columns.
        times_in: says in which zone times without an offset are.
        epoch: says in which unit numbers count from 1970.
        severity_map: maps words of severity.
        tenant: chooses a tenant.
        where: chooses rows by the values of a column.
        at, state, key: name the columns of a log of state changes.
    """

    columns: str = ""
    times_in: str = ""
    epoch: str = ""
    severity_map: str = ""
    tenant: str = ""
    where: str = ""
    at: str = "at"
    state: str = "state"
    key: str = "key"


NO_OPTIONS: Final = OptionNames()
KEYWORDS: Final = OptionNames(
    columns="columns={'first_occurrence': 'raised_at'}",
    times_in="times_in='Africa/Lagos'",
    epoch="epoch='s'",
    severity_map="severity_map={'critical': ['High']}",
    tenant="read('acme'), or read all of them with read_all_tenants()",
    where="where",
)
# What evaluate() is given directly is read without options: a function that takes them reads it.
OF_ROWS: Final = OptionNames(
    columns="alarms_from_rows(..., columns={'first_occurrence': 'raised_at'})",
    times_in="alarms_from_rows(..., times_in='Africa/Lagos')",
    epoch="alarms_from_rows(..., epoch='s')",
    severity_map="alarms_from_rows(..., severity_map={'critical': ['High']})",
)
OF_FRAME: Final = OptionNames(
    columns="alarms_from_frame(..., columns={'first_occurrence': 'raised_at'})",
    times_in="alarms_from_frame(..., times_in='Africa/Lagos')",
    epoch="alarms_from_frame(..., epoch='s')",
    severity_map="alarms_from_frame(..., severity_map={'critical': ['High']})",
)
COMMAND_LINE: Final = OptionNames(
    columns="--column first_occurrence=raised_at",
    times_in="--times-in Africa/Lagos",
    epoch="--epoch s",
    severity_map="--map-severity critical=High",
    tenant="--tenant, or report on all with --each tenant_id",
    where="--where",
    at="--column at=Time",
    state="--changes State",
    key="--per Monitor",
)


def or_give(option: str) -> str:
    """Return the end of a message that names an option besides another way out; empty where there is none."""
    return f", or give {option}" if option else ""


def with_option(option: str) -> str:
    """Return the end of a message that names the option which is the way out; empty where there is none."""
    return f", with {option}" if option else ""
