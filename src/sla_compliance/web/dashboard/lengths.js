// Lengths of time in whole seconds. Lengths that make up a sum are shared out so that what is shown adds up to the sum
// that is shown: each is cut, and the seconds that are then missing go to the largest parts that were cut off.

import { integer } from "./locale.js";

const MICROSECONDS = 1_000_000;
const NARROW = "\u202f";

const microseconds = (seconds) => Math.round(seconds * MICROSECONDS);

/** The sum of lengths that may have fractions, exact, rounded up once: what of a second is down is a second. */
export const totalSeconds = (lengths) =>
  Math.ceil(lengths.reduce((sum, seconds) => sum + microseconds(seconds), 0) / MICROSECONDS);

/**
 * Whole seconds for each of some lengths, each within a second of it.
 * @param {number[]} lengths seconds, with fractions
 * @param {number} [total] what they are to sum to: the sum of the lengths, rounded up or down
 */
export function sharedSeconds(lengths, total = totalSeconds(lengths)) {
  const exact = lengths.map(microseconds);
  const shown = exact.map((length) => Math.floor(length / MICROSECONDS));
  const cutOff = exact.map((length, index) => ({ index, part: length % MICROSECONDS }));
  const missing = total - shown.reduce((sum, seconds) => sum + seconds, 0);
  const largest = cutOff.filter(({ part }) => part > 0).sort((one, other) => other.part - one.part || one.index - other.index);
  for (const { index } of largest.slice(0, Math.max(missing, 0))) shown[index] += 1;
  return shown;
}

/** A length as its non-zero units: 4_330 is [["1", "h"], ["12", "min"], ["10", "s"]]. Whole seconds. */
export function units(seconds) {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const parts = [[hours, "h"], [minutes, "min"], [seconds % 60, "s"]].filter(([count]) => count > 0);
  return (parts.length > 0 ? parts : [[0, "min"]]).map(([count, unit]) => [integer(count), unit]);
}

/** "1 h 12 min 10 s" */
export const duration = (seconds) => units(seconds).map((part) => part.join(NARROW)).join(" ");

/** Of downtime: "under 1 s" where a part of a second is shown as none, so that no outage reads as nothing. */
export const downtime = (shownSeconds, seconds = shownSeconds) =>
  shownSeconds === 0 && seconds > 0 ? `under 1${NARROW}s` : duration(shownSeconds);
