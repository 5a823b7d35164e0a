"""Local days, reporting periods, service hours and exclusions: from calendars and clocks on the wall to instants."""
