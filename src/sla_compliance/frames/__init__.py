"""Frames: the days of many keys at once, from a frame of alarms to one of figures."""

from sla_compliance.frames.daily import daily_compliance, daily_result
from sla_compliance.frames.result import DailyResult, Way

__all__ = ["DailyResult", "Way", "daily_compliance", "daily_result"]
