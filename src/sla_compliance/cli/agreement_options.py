"""The options that say which time is evaluated and what was agreed; every command that evaluates shares them."""
################################################################
# What is not given has no value here, and its default is that of the contract file,
# else that of the library.
################################################################

from __future__ import annotations

from typing import Final

import click

from sla_compliance.cli.option_groups import Decorator, applied, option_of
from sla_compliance.cli.parameters import complete_file, parse_length, parse_window_columns, parse_words
from sla_compliance.policy import DEFAULT_TARGET
from sla_compliance.settings.kinds import ACCOUNTING_BY_WORD

_time = option_of("Which time")
_agreed = option_of("What was agreed")
_excused = option_of("Maintenance and exclusions")

agreement_options: Final[Decorator] = applied(
    _time("--zone", metavar="NAME", help="Time zone whose days are reported, e.g. Africa/Lagos; needed."),
    _time("--from", "from_text", metavar="TIME", help="First day, or the instant of a timestamp."),
    _time(
        "--to", "to_text", metavar="TIME", help="Last day, included, or the instant of a timestamp.  [default: today]"
    ),
    _time("--month", metavar="YYYY-MM", help="A whole month, in place of --from and --to."),
    _time("--as-of", metavar="TIME", help="Evaluate as of the start of this day, or this timestamp.  [default: now]"),
    _agreed(
        "--contract",
        metavar="FILE",
        shell_complete=complete_file,
        help="What was agreed, sla.toml; other options win over it.",
    ),
    _agreed("--target", metavar="PERCENT", help=f"Promised availability.  [default: {DEFAULT_TARGET}]"),
    _agreed("--service-hours", metavar="TEXT", help='Agreed hours, e.g. "mon-fri 09:00-17:00".  [default: always]'),
    _agreed(
        "--in-service",
        metavar="FROM[..TO]",
        help="When service was owed: days, included, or timestamps.  [default: always]",
    ),
    _agreed(
        "--monitored-since",
        metavar="TIME",
        help="Time before this day or timestamp is unknown, not up.  [default: always]",
    ),
    _agreed(
        "--accounting",
        type=click.Choice([*ACCOUNTING_BY_WORD]),
        help="What maintenance and exclusions count as; gross: as agreed time.  [default: removed]",
    ),
    _agreed(
        "--severities",
        multiple=True,
        callback=parse_words,
        metavar="NAME,...",
        help="Alarms of these are outages.  [default: critical,major]",
    ),
    _agreed("--exclude-type", multiple=True, metavar="TYPE", help="Alarms of this type are none; several times."),
    _agreed("--exclude-status", multiple=True, metavar="STATUS", help="Alarms of this status are none; several times."),
    _agreed(
        "--merge-gap",
        callback=parse_length,
        metavar="LENGTH",
        help="Shorter gaps are downtime, e.g. 60s.  [default: 0s]",
    ),
    _agreed(
        "--min-outage",
        callback=parse_length,
        metavar="LENGTH",
        help="Shorter outages are none, e.g. 5m.  [default: 0s]",
    ),
    _agreed(
        "--stale-after",
        callback=parse_length,
        metavar="LENGTH",
        help="End open alarms unseen for longer, e.g. 7d.  [default: never]",
    ),
    _excused(
        "--maintenance",
        multiple=True,
        metavar="FILE",
        shell_complete=complete_file,
        help="Maintenance windows: start, end, reason ...; several.",
    ),
    _excused(
        "--maintenance-column",
        "maintenance_columns",
        multiple=True,
        callback=parse_window_columns,
        metavar="NAME=OWN",
        help="What these files call a column, e.g. start=Begins; ignore=Ticket leaves one out; several times.",
    ),
    _excused(
        "--exclusions",
        multiple=True,
        metavar="FILE",
        shell_complete=complete_file,
        help="Other agreed exclusions: start, end, reason ...; several.",
    ),
    _excused(
        "--exclusion-column",
        "exclusion_columns",
        multiple=True,
        callback=parse_window_columns,
        metavar="NAME=OWN",
        help="The same of the files of exclusions.",
    ),
)
