"""Markup, charts and colours that report pages share with other HTML; knows no alarms, records or reports."""
