"""LoggedChanges: what a batch of outages knows of the log of state changes that it was made of."""
################################################################
# The rows of a log are changes of state. They are not the rows of its batch, which
# are outages, so a log of which nothing failed is an empty batch of rows that were
# read.
#
# Without words of up every word but those of down is up. Where no row says down
# then, a word of down may be misspelt and all states of the log would be up by that
# rule alone: no verdict of such a log is confirmed. With words of up every state is
# named, and rows that say up confirm the time that they observed.
################################################################

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedChanges:
    """What was read of a log of state changes.

    Attributes:
        rows_read: how many of its rows could be read.
        is_up_assumed: whether no row says down and no words of up were given.
    """

    rows_read: int
    is_up_assumed: bool
