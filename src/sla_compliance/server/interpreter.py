"""Settings of the Python interpreter for a process that serves while it computes."""
################################################################
# One tenant's rows are read and computed in a thread; other tenants are answered
# meanwhile by the thread of the event loop. Both need the interpreter's lock.
#
# A look for garbage holds the lock and visits every value of the rows in memory:
# half a second for 300,000 of them. By default Python looks after 700 new objects,
# so a few answers are enough. Here it looks after 100,000; what is not in a cycle is
# freed at once all the same. What was made at the start is never looked at.
#
# A thread that computes gives the lock up after 1 ms instead of 5: an answer takes
# the lock several times.
################################################################

from __future__ import annotations

import gc
import sys
from typing import Final

NEW_OBJECTS_BETWEEN_LOOKS: Final = 100_000
SWITCH_INTERVAL_S: Final = 0.001


def tune() -> None:
    """Set up this process; call it once, when all modules are imported."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS_BETWEEN_LOOKS, 20, 20)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
