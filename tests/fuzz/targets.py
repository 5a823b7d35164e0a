"""All targets of fuzzing, by name."""

from __future__ import annotations

from typing import Final

from tests.fuzz import (
    file_targets,
    row_targets,
    set_targets,
    stored_targets,
    text_targets,
    web_targets,
)
from tests.fuzz.target import Target

_MODULES: Final = (text_targets, set_targets, row_targets, file_targets, stored_targets, web_targets)
TARGETS: Final[dict[str, Target]] = {target.name: target for module in _MODULES for target in module.TARGETS}
