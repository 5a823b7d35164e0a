"""The room `testing` in the environment that runs this program: it works, or says which extra to install."""
################################################################
# It uses the standard library alone, so it runs where nothing else is.
################################################################

from __future__ import annotations

import importlib.util
import sys

from sla_compliance import MissingExtraError

PACKAGES = ("hypothesis", "pytest")


def main() -> None:
    """Import the room and draw an alarm; a failure is a traceback."""
    missing = [package for package in PACKAGES if importlib.util.find_spec(package) is None]
    try:
        from sla_compliance.testing import alarms  # noqa: PLC0415 - what is tried
    except MissingExtraError as error:
        if not missing or "sla-compliance[testing]" not in str(error):
            raise
        print(f"testing: {error}")
        return
    if missing:
        sys.exit(f"testing: FAILED, it was imported without {' and '.join(missing)}")
    alarms().validate()
    print("testing: works")


if __name__ == "__main__":
    main()
