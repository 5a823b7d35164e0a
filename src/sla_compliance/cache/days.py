"""The former place of day_cache.py's public name."""

from sla_compliance.cache.day_cache import Lifetimes

__all__ = ["Lifetimes"]
