"""The small complete app: router, dashboard, tokens, probes, metrics, logs, one database."""
