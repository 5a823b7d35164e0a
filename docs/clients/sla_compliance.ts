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
  method: string;
  as_of: string;
  tz_version: string;
  provenance: string[];
  quality: Quality;
  is_in_totals: boolean;
  /** Present, and true, where the figures are made up. */
  sample_data?: boolean;
}

/** What to know of the rows behind the figures, in sentences. */
export interface Quality {
  lines: string[];
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
  incidents: IncidentDetail[];
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

/** An error, application/problem+json. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
}
