-- The role of the app, its worker and the commands, with the least rights. Run by psql, as the owner of the tables, after
-- platform.sql and sla.sql; it can be run again. The variable SLA_APP_PASSWORD of the environment is the role's password.
\getenv app_password SLA_APP_PASSWORD

SELECT 'CREATE ROLE sla_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sla_app') \gexec
ALTER ROLE sla_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'app_password';

GRANT CONNECT ON DATABASE :"DBNAME" TO sla_app;
GRANT USAGE ON SCHEMA public TO sla_app;

-- What the platform records: read, never written.
GRANT SELECT ON alarms, maintenance_windows, tenants TO sla_app;

-- What people correct is entered by another role, which needs INSERT and SELECT.
GRANT SELECT ON sla_corrections TO sla_app;

-- Stored days are written, and measured again when their facts change; no row is ever deleted.
GRANT SELECT, INSERT, UPDATE ON sla_days, sla_changes TO sla_app;

-- The trail of rewritten days only grows: the role can neither change nor delete what stands there.
GRANT SELECT, INSERT ON sla_restatements TO sla_app;
GRANT USAGE ON SEQUENCE sla_restatements_id_seq TO sla_app;

-- Statements are issued and read; what was issued stands.
GRANT SELECT, INSERT ON sla_statements TO sla_app;

-- Alerts' states change; deliveries are marked as sent or failed, and stay as the log: what was to be sent to whom stands.
GRANT SELECT, INSERT, UPDATE ON sla_alert_states TO sla_app;
GRANT SELECT, INSERT, UPDATE (status, attempts, error, due_us, finished_us, claimed_until_us) ON sla_deliveries TO sla_app;

-- Row-level security on the platform's tables hides all rows from this role, without an error; the app refuses to read
-- such a table. Where it is on, let the role see all rows; the app narrows every statement by tenant itself:
--     ALTER ROLE sla_app BYPASSRLS;
