// Types of the answers of the SLA endpoint. Times are RFC 3339 with the tenant's offset.

export type Verdict = "MET" | "AT_RISK" | "BREACHED" | "UNDETERMINED";

/** One local day of the tenant, GET /sla/compliance. Days without an availability are not listed. */
export interface ComplianceDay {
  /** First instant of the local day. Its first ten characters are the day's date. */
  date: string;
  compliance_percentage: number;
  target_percentage: number;
  uptime_minutes: number;
  downtime_minutes: number;
  sla_breaches: number;
}

/** The same with detail=full, which also lists days without an availability. */
export interface DetailedComplianceDay {
  date: string;
  /** Null: nothing of the day counts, or nothing of it is known. */
  compliance_percentage: number | null;
  target_percentage: number;
  uptime_minutes: number;
  downtime_minutes: number;
  sla_breaches: number;
  start: string;
  end: string;
  zone: string;
  verdict: Verdict;
  accounting: string;
  /** Of a custom accounting alone: what each "SCOPE/STATE" that counts counts as. */
  accounting_cells?: Record<string, string>;
  uptime_seconds: number;
  downtime_seconds: number;
  is_confirmed: boolean;
  /** Null: nothing of the day counts, whatever the rows mean. So with high_percentage. */
  low_percentage: number | null;
  high_percentage: number | null;
  /** Null: nothing of the day counts. */
  coverage_percentage: number | null;
  /** Microseconds of each "SCOPE/STATE". */
  segments: Record<string, number>;
  /** The fingerprint of the tenant's policy. */
  policy: string;
  method: string;
  as_of: string;
  tz_version: string;
  provenance: string[];
  /** Null: kept days do not say from which rows they were made. */
  input_digest: string | null;
  /** Null: the agreement has no windows of its own; those of a source are not kept. */
  exclusions: ExclusionOfRecord[] | null;
  quality: DetailedQuality;
  is_in_totals: boolean;
  /** Present, and true, where the figures are made up. */
  sample_data?: boolean;
}

/** A window that excluded time from a record. */
export interface ExclusionOfRecord {
  name: string;
  kind: "planned" | "emergency" | "exclusion";
  reason: string;
  author: string;
  applies_to: string;
  length_seconds: number;
  /** Null: kept days do not say what it took. */
  downtime_seconds: number | null;
  text: string;
}

/** What to know of the rows behind the figures, in sentences. */
export interface Quality {
  lines: string[];
}

/** The same, with what the rows leave open in the whole range, the largest first. */
export interface DetailedQuality {
  lines: string[];
  doubts: Doubt[];
}

export interface Doubt {
  /** E.g. "UNSEEN", "UNMONITORED" or "UNDATED". */
  cause: string;
  /** How many rows leave it open; 0 where it is no row's doing. */
  rows: number;
  /** The time at stake. */
  seconds: number;
}

/** Totals of a range, GET /sla/rollup-stats. */
export interface RollupStats {
  total_downtime_minutes: number;
  total_breaches: number;
  /** Null: no day has an availability. So with avg_compliance. */
  worst_day_compliance: number | null;
  avg_compliance: number | null;
  days_analyzed: number;
  is_confirmed: boolean;
  /** Null: nothing of the range counts, whatever the rows mean. So with high_percentage. */
  low_percentage: number | null;
  high_percentage: number | null;
  quality: Quality;
}

/** A local day and some of its incidents, GET /sla/incidents. */
export interface DayIncidents {
  date: string;
  start: string;
  end: string;
  limit: number;
  offset: number;
  /** How many incidents the day has. */
  total: number;
  /** What `/sla/compliance` shows of the day at present; null where it would measure the day. */
  figure: ShownFigure | null;
  /** How the day divides, in order of time; without its outages where there are very many. */
  timeline: DayStretch[];
  incidents: IncidentDetail[];
}

/** A part of a day in which one thing was owed and one was the case. */
export interface DayStretch {
  start: string;
  end: string;
  /** What was owed, e.g. "AGREED" or "MAINTENANCE". */
  scope: string;
  /** What was the case, e.g. "UP", "DOWN" or "EXCUSED_MAINTENANCE". */
  state: string;
  counts: "up" | "down" | null;
}

export interface ShownFigure {
  downtime_seconds: number;
  as_of: string;
  /** Whether it is not what the incidents, which are read now, sum to. */
  is_older: boolean;
}

export interface IncidentDetail {
  start: string;
  begins_before: boolean;
  /** Null while it lasts. */
  end: string | null;
  duration_seconds: number;
  downtime_seconds: number;
  /** How many alarms are behind it; `alarms` may list fewer. */
  alarm_count: number;
  alarms: IncidentAlarm[];
}

export interface IncidentAlarm {
  first_occurrence: string;
  cleared_at: string | null;
  severity: string;
  id: string | null;
  alarm_id: string | null;
  resource_id: string | null;
  customer_id: string | null;
  alarm_type: string | null;
  title: string | null;
  parent_alarm_id: string | null;
  resource_type: string | null;
  acknowledged_at: string | null;
}

/** One resource over a range, GET /sla/resources; the header X-Total-Count says how many there are. */
export interface ResourceCompliance {
  /** Null: alarms that name no resource. */
  resource_id: string | null;
  compliance_percentage: number;
  target_percentage: number;
  downtime_minutes: number;
  downtime_seconds: number;
  sla_breaches: number;
  verdict: Verdict;
  is_confirmed: boolean;
  low_percentage: number | null;
  high_percentage: number | null;
  quality: Quality;
}

/** The error budget of the period in progress, GET /sla/budget. Measured up to 60 seconds ago: see `as_of`. */
export interface Budget {
  start: string;
  end: string;
  as_of: string;
  target_percentage: number;
  allowed_seconds: number;
  spent_seconds: number;
  /** Below 0: the period is lost. */
  left_seconds: number;
  /** Null: the target allows nothing. */
  remaining_percentage: number | null;
  /** What is left of the budget of the time counted so far. */
  to_date_percentage: number | null;
  /** Null: nothing counts. So with worst_percentage. */
  best_percentage: number | null;
  worst_percentage: number | null;
  /** Null: the period is lost, or no single outage can lose it. */
  deadline: string | null;
  state: Verdict;
  /** Null: nothing is down now. So with left_when_it_began_seconds. */
  down_since: string | null;
  left_when_it_began_seconds: number | null;
  is_confirmed: boolean;
  /** Rows in doubt. */
  because: string[];
  more_in_doubt: number;
  last_monitored_at: string | null;
  time_zone: string;
  /** 2026-11, 2026-W48, 2026-Q4 or 2026. */
  period: string;
}

/** The downtime of a range by a column of the alarms, GET /sla/attribution. */
export interface AttributedDowntime {
  by: string;
  start: string;
  end: string;
  down_seconds: number;
  /** Of no alarm: gaps that were merged into outages. */
  bridged_seconds: number;
  limit: number;
  offset: number;
  /** How many values there are. */
  total: number;
  rows: AttributedShare[];
}

export interface AttributedShare {
  /** Null: alarms without a value. */
  key: string | null;
  alarms: number;
  gross_seconds: number;
  unique_seconds: number;
  shared_seconds: number;
  owned_seconds: number;
}

/** The incidents of a range, the dearest first, GET /sla/incident-costs. */
export interface PricedIncidents {
  start: string;
  end: string;
  limit: number;
  offset: number;
  /** How many incidents the range has. */
  total: number;
  /** How many of them decided it; null: nothing counted. */
  decisive: number | null;
  incidents: IncidentCostDetail[];
}

export interface IncidentCostDetail {
  start: string;
  begins_before: boolean;
  /** Null while it lasts. */
  end: string | null;
  duration_seconds: number;
  downtime_seconds: number;
  /** What it took of the error budget. */
  budget_seconds: number;
  /** Whether it is one of the fewest incidents without which the target had been kept. */
  is_decisive: boolean;
  alarm_count: number;
}

/** How reliable the service was in a range, GET /sla/reliability. Lengths are null where there is no case. */
export interface ReliabilityFigures {
  start: string;
  end: string;
  failures: number;
  mean_up_seconds: number | null;
  mean_down_seconds: number | null;
  mean_between_seconds: number | null;
  restorations: number;
  mttr_seconds: number | null;
  median_seconds: number | null;
  p95_seconds: number | null;
  longest_seconds: number | null;
  still_open: number;
  oldest_open_seconds: number | null;
  raised: number;
  acknowledged: number;
  acknowledged_percentage: number | null;
  mtta_seconds: number | null;
  acknowledged_before_raised: number;
}

/** One week or month beside the one that it is compared with, GET /sla/trend; the last one is in progress. */
export interface PeriodChange {
  record: PeriodFigures;
  before: PeriodFigures | null;
  is_comparable: boolean;
  /** Whether the period is in progress: `before` ends at the same date and time of day. */
  is_to_date: boolean;
  /** Percentage points; above 0: better. Null: they do not compare. */
  points: number | null;
  down_per_30d_seconds: number | null;
  before_down_per_30d_seconds: number | null;
  /** 2026-11 or 2026-W48. */
  period: string;
}

export interface PeriodFigures {
  start: string;
  end: string;
  compliance_percentage: number | null;
  target_percentage: number;
  verdict: Verdict;
  downtime_seconds: number;
  is_confirmed: boolean;
  low_percentage: number | null;
  high_percentage: number | null;
}

/** A tenant to choose from, GET /sla/tenants, the default one first. */
export interface Tenant {
  tenant_id: string;
  /** What people call it; its id where that is not known. */
  title: string;
}

/** What leaves most time in doubt. */
export interface TopDoubt {
  cause: string;
  rows: number;
  seconds: number;
}

/** What took most downtime by itself, as far as stored days name causes. */
export interface TopCause {
  code: string;
  name: string;
  seconds: number;
}

/** How a tenant stands over stored days, GET /sla/overview, the worst first; X-Total-Count says how many there are. */
export interface TenantStanding {
  tenant_id: string;
  title: string;
  /** Null: what is known of the tenant cannot be used; fault says why. */
  zone: string | null;
  /** False: no stored day has an availability, and the figures are null. */
  has_data: boolean;
  start: string | null;
  end: string | null;
  closed_days: number;
  stored_days: number;
  compliance_percentage: number | null;
  target_percentage: number | null;
  verdict: Verdict;
  is_confirmed: boolean;
  low_percentage: number | null;
  high_percentage: number | null;
  downtime_minutes: number | null;
  downtime_seconds: number | null;
  top_doubt: TopDoubt | null;
  top_cause: TopCause | null;
  fault: string | null;
}

/** An error, application/problem+json. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
}
