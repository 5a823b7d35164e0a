"""Questions of any kind, for comparing two implementations."""

from __future__ import annotations

from typing import Any

from sla_compliance.testing.conformance.drawing.chance import Chance
from sla_compliance.testing.conformance.drawing.features import UNDAMPED, Feature
from sla_compliance.testing.conformance.drawing.places import DRAWN_PLACES, PLACES_OF_WEEKS
from sla_compliance.testing.conformance.drawing.question import drawn_question


def question_of_number(number: int) -> dict[str, Any]:
    """Return the drawn question of a number: any features, any place."""
    chance = Chance("anything", number)
    features = {feature for feature in Feature if chance.happens(1, 4)}
    if Feature.BUDGET in features:
        features -= UNDAMPED
    if {Feature.KEY, Feature.TARGETS} <= features:
        # Whether touching work of different targets is one work in the report of a key is left open.
        features -= {Feature.CAUSED}
    return drawn_question(chance, features, chance.one_of(DRAWN_PLACES + PLACES_OF_WEEKS))
