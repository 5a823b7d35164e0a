// Figures and labels as people read them. Percentages are shown as the server sends them: it has already rounded
// them down, and a second rounding could only overstate them.

import { downSeconds, unknownSeconds, verdictOf } from "./record.js";

const NARROW = "\u202f";
const SCOPES = {
  AGREED: "Agreed time",
  MAINTENANCE: "Maintenance",
  EXCLUDED: "Agreed exclusion",
  OUT_OF_HOURS: "Outside service hours",
  NOT_IN_SERVICE: "Not in service",
};
const STATES = {
  UP: "up",
  DOWN: "down",
  EXCUSED_MAINTENANCE: "down, excused by maintenance",
  EXCUSED_OTHER: "down, excused",
  UNKNOWN: "not monitored",
  NOT_YET: "still to come",
};

/** What each verdict is called. */
export const VERDICTS = {
  MET: "Met",
  BREACHED: "Breached",
  AT_RISK: "At risk",
  UNDETERMINED: "No data",
};

/** What the verdict on a range is called, by whether a doubt could change it. */
export function rangeVerdictWords({ verdict, isConfirmed }) {
  if (verdict === "UNDETERMINED" || isConfirmed) return VERDICTS[verdict];
  return verdict === "BREACHED" ? "Breached, unconfirmed" : "Not confirmed";
}

/** "99.86 %" */
export const percentage = (value) => `${value}${NARROW}%`;

/** A length as its non-zero units: 4_330 is [[1, "h"], [12, "min"], [10, "s"]]. Whole seconds. */
export function units(seconds) {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const parts = [[hours, "h"], [minutes, "min"], [seconds % 60, "s"]].filter(([count]) => count > 0);
  return parts.length > 0 ? parts : [[0, "min"]];
}

/** "1 h 12 min 10 s"; a part of a second of downtime counts as a whole one. */
export const downtime = (seconds) => units(Math.ceil(seconds)).map((part) => part.join(NARROW)).join(" ");

/** The time that counted up, cut to whole seconds. */
export const uptime = (seconds) => units(Math.floor(seconds)).map((part) => part.join(NARROW)).join(" ");

/** "up to 12 min unknown"; null where nothing of the day is in doubt. */
export function unknown(record) {
  const seconds = unknownSeconds(record);
  return seconds === 0 ? null : `up to ${units(Math.ceil(seconds / 60) * 60).map((part) => part.join(NARROW)).join(" ")} unknown`;
}

/** "AGREED/DOWN" is "Agreed time, down". */
export function segment(name) {
  const [scope, state] = name.split("/");
  return `${SCOPES[scope] ?? scope}, ${STATES[state] ?? state}`;
}

/** "1 day", "30 days" */
export const quantity = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** One sentence about a day, for screen readers. */
export function description({ record }) {
  const verdict = verdictOf(record);
  if (verdict === "UNDETERMINED") return "no availability measured";
  const { compliance_percentage: value, target_percentage: target } = record;
  const share = `${percentage(value)} of ${percentage(target)}`;
  const facts = [share, VERDICTS[verdict].toLowerCase(), `${downtime(downSeconds(record))} down`, unknown(record)];
  return facts.filter((fact) => fact !== null).join(", ");
}
