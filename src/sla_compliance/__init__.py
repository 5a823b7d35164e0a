"""Exact SLA compliance from alarms."""
