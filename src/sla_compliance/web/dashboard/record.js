// What a record says where its optional keys are missing: they are worked out from those that are always there.

const MICROSECONDS = 1_000_000;
// The scopes whose unmonitored time, and whose time to come, counts once it is known: by the name of the accounting.
const SCOPES = {
  REMOVED: ["AGREED"],
  PLANNED_DOWNTIME_REMOVED: ["AGREED", "MAINTENANCE"],
  EXCUSED: ["AGREED", "MAINTENANCE"],
  COUNTED: ["AGREED", "MAINTENANCE"],
  GROSS: ["AGREED", "MAINTENANCE", "EXCLUDED"],
};
const VERDICTS = ["MET", "BREACHED", "AT_RISK", "UNDETERMINED"];

/** Whether nothing of a day counted: it has no availability, neither 0 nor 100. */
export const isUnmeasured = (record) => record.compliance_percentage === null;

/** The verdict on a day; worked out where the server sent none that is known. */
export function verdictOf(record) {
  if (record === null || isUnmeasured(record)) return "UNDETERMINED";
  if (VERDICTS.includes(record.verdict)) return record.verdict;
  if (record.sla_breaches > 0) return "BREACHED";
  return record.compliance_percentage >= record.target_percentage ? "MET" : "AT_RISK";
}

/**
 * How much of a day no reading of the rows is certain of, at most, seconds: the share between the least and the greatest
 * availability, of all time that is or may be counted. 0 where the server does not say.
 */
export function unknownSeconds(record) {
  const { low_percentage: low, high_percentage: high } = record ?? {};
  if (low === undefined || low === null || low === high) return 0;
  return ((high - low) / 100) * (upSeconds(record) + downSeconds(record) + unmonitoredSeconds(record));
}

/** How long a day was not monitored where that matters, seconds; 0 where the server does not say. */
export const unmonitoredSeconds = (record) => secondsIn(record, "UNKNOWN");

function secondsIn({ accounting, segments }, state) {
  const scopes = SCOPES[accounting] ?? SCOPES.REMOVED;
  const lengths = scopes.map((scope) => segments?.[`${scope}/${state}`] ?? 0);
  return lengths.reduce((sum, length) => sum + length, 0) / MICROSECONDS;
}

/** Counted downtime, seconds: exact where the server sends it, else its minutes. */
export const downSeconds = (record) => record.downtime_seconds ?? record.downtime_minutes * 60;

/** Counted uptime, seconds, likewise. */
export const upSeconds = (record) => record.uptime_seconds ?? record.uptime_minutes * 60;
