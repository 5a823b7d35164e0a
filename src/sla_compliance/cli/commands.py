"""The commands by name, and what every one of them shares: help, errors, exit codes."""
################################################################
# A command is the object `command` of the module cli/NAME.py. It is imported
# when it is run, so that a report needs no web server; the summaries stand here
# so that `--help` imports none of them.
################################################################

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from sla_compliance.cli import BAD_INPUT
from sla_compliance.cli.messages import message_of
from sla_compliance.errors import MissingExtraError, SLAComplianceError

try:
    import click
except ModuleNotFoundError as error:
    if error.name != "click":
        raise
    raise MissingExtraError(__name__, extra="cli") from error

SUMMARIES: Final[Mapping[str, str]] = {
    "report": "Report the availability that exported alarms leave, and whether the target was met.",
    "demo": "Show it at work on 90 days of made-up alarms.",
    "serve": "Serve the endpoint and the dashboard page.",
    "token": "Print a bearer token for `serve`.",
    "ddl": "Print the indexes and tables that a database needs.",
    "check": "Warn when a database lacks the index that makes requests quick.",
}
INTERRUPTED: Final = 130
READER_GONE: Final = 141


class BadInput(click.ClickException):
    """One message on stderr, and the exit code of bad input."""

    exit_code = BAD_INPUT


class Commands(click.Group):
    """The group of commands, each imported when it is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return their names."""
        return list(SUMMARIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return one of them, imported."""
        if cmd_name not in SUMMARIES:
            return None
        command: click.Command = import_module(f"sla_compliance.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write their summaries; imports none of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(SUMMARIES.items()))

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run one, and turn what may go wrong into a message and an exit code."""
        try:
            return super().invoke(ctx)
        except SLAComplianceError as error:
            raise BadInput(message_of(error)) from error
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != "rich":
                raise
            raise BadInput(str(MissingExtraError("sla_compliance.cli", extra="cli"))) from error
        except BrokenPipeError:
            _give_up_stdout()
            ctx.exit(READER_GONE)
        except OSError as error:
            if error.filename is None:
                _give_up_stdout()
            raise BadInput(f"{error.filename or 'standard output'}: {error.strerror or error}") from error
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)


def _give_up_stdout() -> None:
    """Let what could not be written go nowhere, or leaving would try again and fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sla-compliance")
def commands() -> None:
    """Exact SLA compliance from alarms: what was owed, what was the case, and whether the promise was kept."""
