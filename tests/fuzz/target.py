"""What a target of fuzzing is, and the promise that all targets check."""
################################################################
# A check takes any bytes. It raises nothing for input that is taken or refused as
# documented; what else escapes from it is a finding: an error that is not of this
# library, a message that cannot be written or is too long, a law that does not hold.
################################################################

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from sla_compliance.errors import SLAComplianceError

LONGEST_MESSAGE: Final = 2_000
_ERRORS_LOOKED_AT: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One thing to fuzz.

    Attributes:
        name: what it is called on the command line.
        check: raises for a finding; takes any bytes.
        seeds: inputs to begin with.
        words: what a fuzzer may put into inputs.
        longest_bytes: the length of the longest input.
    """

    name: str
    check: Callable[[bytes], None]
    seeds: tuple[bytes, ...]
    words: tuple[str, ...] = ()
    longest_bytes: int = 512


@contextmanager
def documented_errors_only() -> Iterator[None]:
    """Let errors of this library pass whose message can be written and is short; everything else is a finding."""
    try:
        yield
    except SLAComplianceError as error:
        members = error.exceptions[:_ERRORS_LOOKED_AT] if isinstance(error, ExceptionGroup) else ()
        for refusal in (error, *members):
            message = str(refusal)
            assert len(message) <= LONGEST_MESSAGE, f"a message of {len(message)} characters"
            message.encode()


def text_of(data: bytes) -> str:
    """Return bytes as text; what is no UTF-8 becomes lone surrogates."""
    return data.decode("utf-8", "surrogateescape")
