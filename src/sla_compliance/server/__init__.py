"""The small complete app: router, dashboard page, tokens, probes, metrics and logs over one database."""
