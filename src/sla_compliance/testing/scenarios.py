"""Strategies of scenarios: alarms and a question that are about each other, so that every argument matters."""
################################################################
# A scenario has one or two aspects, for what excludes time hides what is asked about it.
# Over some hundred draws each argument of evaluate(), each field of a policy and each
# rule of planned work alters some figure; the library's tests hold that.
################################################################

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from hypothesis import strategies as st

from sla_compliance.alarms import Alarm
from sla_compliance.compliance import EvaluationKeywords, evaluate
from sla_compliance.corrections import Correction
from sla_compliance.report import ComplianceReport
from sla_compliance.testing.evaluation import alarms_of, keywords_of
from sla_compliance.testing.fact_strategies import corrections
from sla_compliance.testing.oracle.world import Place
from sla_compliance.testing.oracle_reports import OracleReport, oracle_report
from sla_compliance.testing.place_strategies import places
from sla_compliance.testing.worlds import Aspect, monitored_with_gaps, worlds

_ASPECTS: Final = (
    (),
    (Aspect.TARGETED,),
    (Aspect.PLANNED_WORK,),
    (Aspect.ENDS, Aspect.ROWS_OF_ONE_ID),
    (Aspect.DOUBT,),
    (Aspect.MONITOR_GAP,),
    (Aspect.CAUSED_WORK,),
    (Aspect.TARGETED, Aspect.PLANNED_WORK),
    (Aspect.TARGETED, Aspect.DOUBT),
)


@dataclass(frozen=True)
class Scenario:
    """Alarms, and all that evaluate() takes beside them.

    Attributes:
        alarms: some may be bad rows.
        question: the keywords of evaluate() but `corrections` and `on_invalid`.
        corrections: of some of the alarms; often none.
    """

    alarms: Sequence[Alarm]
    question: EvaluationKeywords
    corrections: Sequence[Correction] = ()

    def report(self, **changes: Any) -> ComplianceReport:  # noqa: ANN401 - the arguments of evaluate()
        """Return what the library makes of it, with some arguments of evaluate() changed; bad rows are set aside."""
        arguments: dict[str, Any] = {"corrections": self.corrections, **self.question, **changes}
        return evaluate(self.alarms, on_invalid="quarantine", **arguments)

    def oracle_report(self) -> OracleReport:
        """Return what counting instant by instant makes of it; errors as `oracle_report`."""
        return oracle_report(self.alarms, corrections=self.corrections, **self.question)


@st.composite
def scenarios(draw: st.DrawFn, place: Place | None = None, *, aspects: Sequence[Aspect] | None = None) -> Scenario:
    """Draw alarms and a question about them.

    Args:
        place: where they lie; None: near some clock change.
        aspects: what they have besides; None: another few each time.
    """
    chosen = draw(st.sampled_from(_ASPECTS)) if aspects is None else tuple(aspects)
    world = draw(worlds(*chosen, place=place or draw(places())))
    if Aspect.DOUBT in chosen and draw(st.booleans()):
        world = replace(world, monitored=draw(monitored_with_gaps()))
    entered = draw(st.just([]) | st.lists(corrections(world.place), max_size=3))
    return Scenario(tuple(alarms_of(world)), keywords_of(world), tuple(entered))
