// Labels, verdicts and sentences as people read them.

import { downtime, duration } from "./lengths.js";
import { decimalsOf, integer, percentage } from "./locale.js";
import { unknownSeconds, verdictOf } from "./record.js";

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

/** The style sheet has a shape for each verdict: "Breached, unconfirmed" has that of "Breached". */
export const verdictClass = (words) => `verdict ${words.split(",")[0].toLowerCase().replace(" ", "_")}`;

/** "99.86%" of a record, with as many decimals as its target needs. */
export const shareOf = (record) =>
  percentage(record.compliance_percentage, decimalsOf(record.compliance_percentage, record.target_percentage));

/** "up to 12 min unknown"; null where nothing of the day is in doubt. */
export function unknown(record) {
  const seconds = unknownSeconds(record);
  return seconds === 0 ? null : `up to ${duration(Math.ceil(seconds / 60) * 60)} unknown`;
}

/** "Agreed time" */
export const scopeName = (scope) => SCOPES[scope] ?? scope;

/** "AGREED/DOWN" is "Agreed time, down". */
export function segment(name) {
  const [scope, state] = name.split("/");
  return `${scopeName(scope)}, ${STATES[state] ?? state}`;
}

/** Agreed time first, and what was up before what was down: the order of the words above. Unknown names come last. */
export function segmentRank(name) {
  const [scope, state] = name.split("/");
  const rankIn = (names, key) => (key in names ? Object.keys(names).indexOf(key) : Object.keys(names).length);
  return rankIn(SCOPES, scope) * (Object.keys(STATES).length + 1) + rankIn(STATES, state);
}

/** Why a day has no availability: where all of it lies outside of what was agreed, that is the reason. */
export function unmeasuredWords(record) {
  const parts = Object.entries(record?.segments ?? {}).filter(([, length]) => length > 0);
  const scopes = new Set(parts.map(([name]) => name.split("/")[0]));
  const [scope] = scopes;
  return scopes.size === 1 && scope !== "AGREED" ? scopeName(scope) : "No availability measured";
}

/** "1 day", "30 days" */
export const quantity = (count, noun) => `${integer(count)} ${noun}${count === 1 ? "" : "s"}`;

/** One sentence about a day, for screen readers. */
export function description({ record, downSeconds }) {
  const verdict = verdictOf(record);
  if (verdict === "UNDETERMINED") return unmeasuredWords(record).toLowerCase();
  const share = `${shareOf(record)} of ${percentage(record.target_percentage)}`;
  const facts = [share, VERDICTS[verdict].toLowerCase(), `${downtime(downSeconds, record.downtime_seconds)} down`, unknown(record)];
  return facts.filter((fact) => fact !== null).join(", ");
}
