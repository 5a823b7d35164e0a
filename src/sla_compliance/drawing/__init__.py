"""Markup, charts and colours that pages share; knows no alarms, records or reports."""
