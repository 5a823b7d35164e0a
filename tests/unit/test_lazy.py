"""Lazy properties: computed once, also by a reader who comes while another thread has just computed one."""

from __future__ import annotations

from dataclasses import dataclass, field

from sla_compliance.lazy import LazyValue, lazy_property


@dataclass(frozen=True)
class Square(LazyValue):
    """A value with a lazy property."""

    side: int
    computed: list[int] = field(default_factory=list)

    @lazy_property
    def area(self) -> int:
        """Side by side."""
        self.computed.append(self.side)
        return self.side**2


def test_a_property_is_computed_when_it_is_first_read() -> None:
    """And kept; read of the class it is the property itself."""
    square = Square(3)
    assert square.computed == []
    assert (square.area, square.area, square.computed) == (9, 9, [3])
    assert isinstance(Square.area, lazy_property)


def test_a_reader_takes_what_another_thread_has_computed_meanwhile() -> None:
    """Python asks the property where the object has no value yet; by then it may have one."""
    square = Square(3)
    assert square.area == 9
    assert vars(Square)["area"].__get__(square) == 9
    assert square.computed == [3]
