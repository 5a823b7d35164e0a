"""Each module by itself, first in a process: python -m tests.architecture.first_imports [MODULE ...]."""
################################################################
# A cycle of imports may work from one side and fail from the other, so each module is
# the first one somewhere. A process that has imported nothing of the package is
# forked for each, which takes a fraction of the time of a new interpreter.
################################################################

from __future__ import annotations

import importlib
import os
import sys
import traceback
from typing import Final

from tests.architecture.rooms import FILES, PACKAGE

CLUSTER_EXTRA: Final = "spark"
MODULES: Final = [
    ".".join([PACKAGE, *file.removesuffix(".py").removesuffix("__init__").rstrip("/").split("/")]).rstrip(".")
    for file in FILES
]


def fails_first(module: str) -> bool:
    """Return whether a module cannot be imported as the first of the package; the error is printed."""
    assert PACKAGE not in sys.modules, "this process has imported the package"
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0
    code = 1
    try:
        importlib.import_module(module)
        code = 0
    except BaseException as error:
        if getattr(error, "extra", "") == CLUSTER_EXTRA:  # no group of the tests but its own installs it
            code = 0
        else:
            traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def main() -> int:
    """Import the modules that are named, or all; return how many fail."""
    failing_modules = [module for module in sys.argv[1:] or MODULES if fails_first(module)]
    print(f"{len(failing_modules)} modules cannot be imported first: {', '.join(failing_modules) or 'none'}")
    return len(failing_modules)


if __name__ == "__main__":
    sys.exit(min(main(), 1))
