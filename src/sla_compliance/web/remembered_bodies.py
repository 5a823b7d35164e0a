"""RememberedBodies: bodies of answers as they are sent, with their entity tags, while nothing of them has changed."""
################################################################
# A body follows from the measured days, how they are counted and where they came from.
# It is sent again where all of these are the same as when it was made; they are
# compared every time. So a change of facts, a new day or a new measurement makes a new
# body, and a client that has the present one gets its 304 before any figure is computed.
################################################################

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sla_compliance.cache.tenant_memory import TenantMemory
from sla_compliance.service import ComplianceAnswer
from sla_compliance.web.responses import Body, Content, to_json, verdict_headers

BODY_BYTES_OF_TENANT: Final = 1_000_000
BODY_BYTES: Final = 64_000_000
"""How long all bodies are together, of one tenant and of all."""


@dataclass(frozen=True, slots=True)
class RememberedBody:
    """A content, the headers that belong to its answer, and what both follow from."""

    basis: tuple[object, ...]
    content: Content
    headers: Mapping[str, str]


class RememberedBodies:
    """Contents by tenant; for one event loop."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._bodies: TenantMemory[object, RememberedBody] = TenantMemory(
            most_of_tenant=BODY_BYTES_OF_TENANT, most=BODY_BYTES
        )

    def of(
        self, answer: ComplianceAnswer, kind: str, body_of: Callable[[ComplianceAnswer], Body | list[Body]]
    ) -> RememberedBody:
        """Return the body of an answer and the headers of its verdict.

        Args:
            kind: names `body_of`: two answers that are alike have different bodies of different kinds.
            body_of: makes the body, of what `ComplianceAnswer.basis` lists alone.
        """
        basis = answer.basis
        key = kind, answer.start_us, len(answer.measured), answer.requested_target_ratio, answer.accounting
        known = self._bodies.get(answer.tenant_id, key)
        if known is not None and known.basis == basis:
            return known
        content = Content.of(to_json(body_of(answer)))
        made = RememberedBody(basis, content, verdict_headers(answer))
        if answer.measured:  # of no day, the answer shows the instant of the request
            self._bodies.put(answer.tenant_id, key, made, size=len(content.body))
        return made
