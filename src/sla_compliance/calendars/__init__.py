"""Local days, reporting periods, service hours and exclusions: wall-clock rules to instants."""
