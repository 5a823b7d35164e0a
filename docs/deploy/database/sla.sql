-- quick requests
CREATE INDEX IF NOT EXISTS "ix_sla_alarms" ON "alarms" ("tenant_id", "severity", "first_occurrence", "cleared_at");

-- stored days, statements and notifications
CREATE TABLE IF NOT EXISTS sla_days (
	tenant_id TEXT NOT NULL, 
	measurement TEXT NOT NULL, 
	agreement TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	local_date DATE NOT NULL, 
	start_us BIGINT NOT NULL, 
	end_us BIGINT NOT NULL, 
	cells_us TEXT NOT NULL, 
	optimistic_cells_us TEXT, 
	pessimistic_cells_us TEXT, 
	facts TEXT NOT NULL, 
	rows_read BIGINT NOT NULL, 
	rules_version INTEGER NOT NULL, 
	as_of_us BIGINT NOT NULL, 
	tz_version TEXT NOT NULL, 
	written_us BIGINT NOT NULL, 
	changes_applied INTEGER NOT NULL, 
	PRIMARY KEY (tenant_id, local_date, zone, measurement, agreement)
);

CREATE TABLE IF NOT EXISTS sla_changes (
	tenant_id TEXT NOT NULL, 
	local_date DATE NOT NULL, 
	changes_reported INTEGER NOT NULL, 
	PRIMARY KEY (tenant_id, local_date)
);

CREATE TABLE IF NOT EXISTS sla_restatements (
	id BIGSERIAL NOT NULL, 
	tenant_id TEXT NOT NULL, 
	measurement TEXT NOT NULL, 
	agreement TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	local_date DATE NOT NULL, 
	at_us BIGINT NOT NULL, 
	reason TEXT NOT NULL, 
	old_cells_us TEXT NOT NULL, 
	new_cells_us TEXT NOT NULL, 
	cause TEXT, 
	author TEXT, 
	PRIMARY KEY (id)
);

CREATE TABLE IF NOT EXISTS sla_statements (
	tenant_id TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	start_us BIGINT NOT NULL, 
	end_us BIGINT NOT NULL, 
	number INTEGER NOT NULL, 
	issued_us BIGINT NOT NULL, 
	digest TEXT NOT NULL, 
	content TEXT NOT NULL, 
	lines_zlib BYTEA, 
	PRIMARY KEY (tenant_id, subject, start_us, end_us, number)
);

CREATE TABLE IF NOT EXISTS sla_alert_states (
	tenant_id TEXT NOT NULL, 
	content TEXT NOT NULL, 
	version BIGINT NOT NULL, 
	PRIMARY KEY (tenant_id)
);

CREATE TABLE IF NOT EXISTS sla_deliveries (
	delivery_id TEXT NOT NULL, 
	message_id TEXT NOT NULL, 
	tenant_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	recipient TEXT NOT NULL, 
	content TEXT NOT NULL, 
	created_us BIGINT NOT NULL, 
	due_us BIGINT NOT NULL, 
	status TEXT NOT NULL, 
	attempts INTEGER NOT NULL, 
	error TEXT, 
	finished_us BIGINT, 
	claimed_until_us BIGINT NOT NULL, 
	PRIMARY KEY (delivery_id)
);

CREATE INDEX IF NOT EXISTS ix_sla_deliveries_due ON sla_deliveries (due_us) WHERE status = 'waiting';

CREATE INDEX IF NOT EXISTS ix_sla_deliveries_made ON sla_deliveries (created_us);

CREATE INDEX IF NOT EXISTS ix_sla_deliveries_tenant ON sla_deliveries (tenant_id, created_us);

-- corrections
CREATE TABLE IF NOT EXISTS "sla_corrections" (
    "id" BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "tenant_id" TEXT NOT NULL,
    "row_id" TEXT NOT NULL,
    "starts" TIMESTAMP WITH TIME ZONE,
    "ends" TIMESTAMP WITH TIME ZONE,
    "severity" TEXT,
    "void" BOOLEAN,
    "reason" TEXT NOT NULL,
    "author" TEXT NOT NULL,
    "entered_at" TIMESTAMP WITH TIME ZONE NOT NULL
);
CREATE INDEX IF NOT EXISTS "ix_sla_corrections" ON "sla_corrections" ("tenant_id");
