"""`sla-compliance report`: exported alarms in, an availability report out."""

from __future__ import annotations

import click


@click.command()
def command() -> None:
    """Report the availability that exported alarms leave, and whether the target was met."""
