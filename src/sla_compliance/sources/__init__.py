"""Where alarms, exclusions and settings of tenants come from: one file a technology, imported by its users alone."""
