"""Local days, reporting periods, service hours and exclusions, from the wall clock to instants."""
