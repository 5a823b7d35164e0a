-- Tables such as the platform's own, for a machine that has no platform beside it. Where there is one, leave this file out,
-- and name its tables and columns in sla.toml where they are called otherwise.
CREATE TYPE alarmseverity AS ENUM ('CRITICAL', 'MAJOR', 'MINOR', 'WARNING', 'INFO', 'CLEARED');

CREATE TABLE tenants (
    id TEXT PRIMARY KEY,
    timezone TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL
);

CREATE TABLE alarms (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants,
    alarm_id TEXT NOT NULL,
    severity alarmseverity NOT NULL,
    title TEXT NOT NULL,
    resource_id TEXT,
    customer_id TEXT,
    first_occurrence TIMESTAMP WITH TIME ZONE NOT NULL,
    last_occurrence TIMESTAMP WITH TIME ZONE,
    cleared_at TIMESTAMP WITH TIME ZONE
);

CREATE TABLE maintenance_windows (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants,
    title TEXT NOT NULL,
    start_time TIMESTAMP WITH TIME ZONE NOT NULL,
    end_time TIMESTAMP WITH TIME ZONE,
    status TEXT NOT NULL,
    affected_resources JSON,
    affected_customers JSON,
    created_at TIMESTAMP WITH TIME ZONE
);
