"""The commands by name, and what all of them share: help, errors, exit codes."""
################################################################
# A command is the object `command` of the module cli/NAME.py. It is imported
# when it is run, so that a report needs no web server; the summaries stand here
# so that `--help` imports none of them.
#
# Packages may be absent. The modules that need an extra say so themselves, each
# where it imports (`requires_extra`); the rest of what a command imports belongs
# to the extra `cli`.
################################################################

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from sla_compliance.cli import BAD_INPUT, TRACEBACK, UNEXPECTED_ERROR
from sla_compliance.cli.messages import message_of
from sla_compliance.errors import SLAComplianceError, requires_extra
from sla_compliance.version import __version__

with requires_extra("cli", __name__):
    import click

SUMMARIES: Final[Mapping[str, str]] = {
    "report": "Report the availability that exported alarms leave, and whether the target was met.",
    "incidents": "List the outages of a window, and how reliable the service was.",
    "explain": "Say what cost a period its figure: the decisive incidents, and which device or cause.",
    "budget": "Say how much of the error budget is left, and until when an outage may last.",
    "trend": "Compare each day, week, month, quarter or year with the one before.",
    "statement": "Issue a statement of a closed period, or restate one and say what changed.",
    "verify": "Compute the figures of an evidence pack again.",
    "doctor": "Say what of exported alarms is in doubt, what is at stake, and which option would settle it.",
    "settle": "Write what is in doubt as a file of corrections, ready to fill.",
    "contract": "Say in words what a contract file means, or print its JSON schema.",
    "demo": "Show it at work on 90 days of made-up alarms.",
    "serve": "Serve the endpoint and the dashboard page.",
    "token": "Print a bearer token for `serve`.",
    "reconcile": "Compare stored days with the rows, and restate those that differ.",
    "invalidate": "Say that facts of some dates changed: their days are measured again.",
    "notify": "Look at the error budgets of all tenants, and alert people of what is new.",
    "send-reports": "Send the reports of a month to those whom the contract file names.",
    "deliveries": "List what was sent, what waits and what failed; try a failed one again.",
    "ddl": "Print the indexes and tables that a database needs.",
    "check": "Warn when a database lacks the index that makes requests quick.",
}
# As a shell reports them: 128 and the number of the signal, SIGINT or SIGPIPE.
INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 141


class BadInput(click.ClickException):
    """One message on stderr, and the exit code of bad input."""

    exit_code = BAD_INPUT


class Commands(click.Group):
    """The group of commands, each imported when it is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return their names."""
        return list(SUMMARIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return the command of this name, imported; None where there is none."""
        if cmd_name not in SUMMARIES:
            return None
        command: click.Command = import_module(f"sla_compliance.cli.{cmd_name.replace('-', '_')}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write their summaries; imports none of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(SUMMARIES.items()))

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run a command; what goes wrong becomes a message and an exit code."""
        try:
            with requires_extra("cli", "sla_compliance.cli"):
                return super().invoke(ctx)
        except SLAComplianceError as error:
            raise BadInput(message_of(error)) from error
        except BrokenPipeError:
            _discard_stdout()
            ctx.exit(BROKEN_PIPE)
        except OSError as error:
            if error.filename is None:  # no file's error, so one of writing to standard output
                _discard_stdout()
            raise BadInput(f"{error.filename or 'standard output'}: {error.strerror or error}") from error
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise  # click ends the program with them
        except Exception as error:
            _report_unexpected(error)
            ctx.exit(UNEXPECTED_ERROR)


def _report_unexpected(error: Exception) -> None:
    """Say in one line what went wrong, or all of it where the traceback is asked for."""
    if os.environ.get(TRACEBACK):
        traceback.print_exception(error)
        return
    summary = " ".join(f"{type(error).__name__}: {error}".split())
    click.echo(f"Unexpected error: {summary}. Set {TRACEBACK}=1 to see where, and report it.", err=True)


def _discard_stdout() -> None:
    """Point standard output at nothing: the interpreter flushes it at exit, and would fail once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def commands() -> None:
    """Exact SLA compliance from alarms: what was owed, what was the case, and whether the promise was kept."""
