"""The timeline and the core find the same days: random worlds, every cell of every figure."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from sla_compliance.frames import daily_result
from sla_compliance.testing import Aspect, scenarios
from tests.frames.worlds import days_by_key, days_of_frame, frame_of_alarms

ASPECTS: list[tuple[Aspect, ...]] = [
    (),
    (Aspect.DOUBT,),
    (Aspect.ENDS, Aspect.ROWS_OF_ONE_ID),
    (Aspect.TARGETED,),
    (Aspect.PLANNED_WORK,),
    (Aspect.CAUSED_WORK,),
    (Aspect.MONITOR_GAP,),
]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_days_are_those_of_the_core(data: st.DataObject) -> None:
    """Every column of each day of each key is what evaluate_each() says, whichever way was taken."""
    scenario = data.draw(scenarios(aspects=data.draw(st.sampled_from(ASPECTS))))
    names = ("a", "b", "c") if data.draw(st.booleans()) else ("a", "b", None)
    keys = [data.draw(st.sampled_from(names)) for _ in scenario.alarms]
    unkeyed = data.draw(st.sampled_from(["doubt", "nobody", "everybody"]))
    inventory = data.draw(st.sampled_from([(), ("a", "z")]))
    frame = frame_of_alarms(scenario.alarms, site=keys)
    question: dict[str, Any] = {**scenario.question, "unkeyed": unkeyed, "inventory": inventory}
    if data.draw(st.integers(0, 5)):
        # Half of all policies have it, and with it no key takes the timeline.
        question["policy"] = scenario.question["policy"].with_changes(stale_after=None)
    result = daily_result(frame, by="site", on_invalid="quarantine", **question)
    for way in result.ways:
        event(f"{way.name} {way.reason}")
    expected = days_by_key(frame, "site", **question)
    assert days_of_frame(result.frame, "site") == {key: days for key, days in expected.items() if days["date"]}
