"""Delivery of alerts and reports by webhook, mail and folder, with a log."""
