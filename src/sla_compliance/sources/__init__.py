"""Where alarms, exclusions and settings of tenants come from; one file a technology."""
