"""What the reference says of a question that it does not answer."""

from __future__ import annotations


class UnsupportedQuestionError(Exception):
    """A program cannot answer a question by its nature; the text says why."""


class RefusedQuestionError(Exception):
    """A question contradicts itself or the rules; the text says where."""
