// The line above the figures that says when they are older than they should be, and why.

import { clockOf, dateOf, weekdayDate } from "./days.js";
import { byId } from "./dom.js";
import { duration } from "./lengths.js";
import { quantity } from "./words.js";

const MINUTE_MS = 60_000;
// The server measures a day in progress again after five minutes.
const OLDEST_MS = 10 * MINUTE_MS;
const DAY_MIN = 24 * 60;
const FEW_DAYS_MIN = 2 * DAY_MIN;

/**
 * @param {{latest: import("./api.js").ComplianceRecord, answeredAt: number}} answer `latest` is the day in progress
 * @param {{isUntilNow: boolean, problem: import("./api.js").Problem | null}} state `problem`: why the last refresh failed
 */
export function showAge({ latest, records, answeredAt }, { isUntilNow, receivedMs, problem }) {
  const measuredAt = latest.as_of ?? null;
  const ageMs = measuredAt === null ? 0 : answeredAt + (performance.now() - receivedMs) - Date.parse(measuredAt);
  const isOutdated = records.some(({ provenance }) => provenance?.includes("OUTDATED"));
  const isOld = isUntilNow && ageMs > OLDEST_MS;
  const lines = isOld || isOutdated || problem !== null ? [age(measuredAt, ageMs), reason(isOutdated, problem)] : [];
  const text = lines.filter((line) => line !== null).join(" ");
  // Screen readers hear a changed text, not the same one again.
  if (byId("outdated-text").textContent !== text) byId("outdated-text").textContent = text;
  byId("outdated").hidden = text === "";
}

function age(measuredAt, ageMs) {
  if (measuredAt === null) return "These figures may be out of date.";
  const minutes = Math.floor(ageMs / MINUTE_MS);
  const length = minutes < FEW_DAYS_MIN ? duration(minutes * 60) : quantity(Math.floor(minutes / DAY_MIN), "day");
  const ago = minutes > 0 ? `, ${length} ago` : "";
  return `The figures are those of ${weekdayDate(dateOf(measuredAt))}, ${clockOf(measuredAt)}${ago}.`;
}

function reason(isOutdated, problem) {
  if (problem !== null) return `They cannot be refreshed: ${problem.message}. ${problem.detail}`;
  return isOutdated ? "The source of alarms cannot be read." : null;
}
