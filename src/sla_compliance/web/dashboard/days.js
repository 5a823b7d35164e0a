// Dates are text. A day is the date part of what the server sends, so the browser's own zone never moves it;
// Date objects appear only at midnight UTC, to count days and to name them as the reader's locale does.

import { totalSeconds, sharedSeconds } from "./lengths.js";
import { LOCALES } from "./locale.js";
import { downSeconds, isUnmeasured } from "./record.js";

const DAY_MS = 86_400_000;

const formatter = (options) => new Intl.DateTimeFormat(LOCALES, { timeZone: "UTC", ...options });
const SHORT = formatter({ month: "short", day: "numeric" });
const LONG = formatter({ weekday: "long", month: "long", day: "numeric", year: "numeric" });
const MEDIUM = formatter({ weekday: "short", month: "short", day: "numeric", year: "numeric" });
const SPAN = formatter({ month: "short", day: "numeric", year: "numeric" });
const WEEKDAY = formatter({ weekday: "short", month: "short", day: "numeric" });
const MONTH = formatter({ month: "long", year: "numeric" });

const midnight = (date) => Date.parse(`${date}T00:00:00Z`);
const dateAt = (instant) => new Date(instant).toISOString().slice(0, 10);

/** "2025-10-08T00:00:00+01:00" is of the date "2025-10-08". */
export const dateOf = (timestamp) => timestamp.slice(0, 10);

/** "2025-10-08T14:03:20.5+01:00" is at "14:03" of the clock that it was written by. */
export const clockOf = (timestamp) => timestamp.slice(11, 16);

/** "Oct 8" */
export const shortDate = (date) => SHORT.format(midnight(date));

/** "Wednesday, October 8, 2025" */
export const longDate = (date) => LONG.format(midnight(date));

/** "Wed, Oct 8, 2025" */
export const mediumDate = (date) => MEDIUM.format(midnight(date));

/** "Wed, Oct 8" */
export const weekdayDate = (date) => WEEKDAY.format(midnight(date));

/** "Sep 9 – Oct 8, 2025" */
export const dateSpan = (first, last) => SPAN.formatRange(midnight(first), midnight(last));

/** "2025-10" is "October 2025". */
export const monthName = (month) => MONTH.format(midnight(`${month}-01`));

/** The month so many months before or after: ("2025-01", -1) is "2024-12". */
export function monthAfter(month, months) {
  const [year, number] = month.split("-").map(Number);
  return dateAt(Date.UTC(year, number - 1 + months)).slice(0, 7);
}

/** The last date of a month: "2025-02-28". */
export const lastDateOf = (month) => dateAt(midnight(`${monthAfter(month, 1)}-01`) - DAY_MS);

/** The date so many days before another one. */
export const dateBefore = (date, days) => dateAt(midnight(date) - days * DAY_MS);

/** The date that it is now, on the wall clock of a zone, or of the browser where the zone is unknown. */
export function today(zone) {
  const options = { year: "numeric", month: "2-digit", day: "2-digit" };
  const clock = (timeZone) => new Intl.DateTimeFormat("en-CA", { ...options, timeZone }).format(Date.now());
  try {
    return clock(zone);
  } catch (error) {
    if (error instanceof RangeError) return clock(undefined); // a zone that this browser does not know
    throw error;
  }
}

/**
 * @typedef {object} Day
 * @property {string} date
 * @property {import("./api.js").ComplianceRecord | null} record
 * @property {number} downSeconds downtime in whole seconds, as it is shown: those in the totals sum to the total
 * @property {boolean} isToCome
 */

/**
 * Every date of the range, those without a record too: what is missing must show as a gap.
 * @param {import("./api.js").ComplianceRecord[]} records not empty
 * @param {{atLeast?: number, month?: string}} range how many dates, or which month, the range is to have
 * @returns {Day[]} in order
 */
export function calendar(records, { atLeast = 1, month }) {
  const byDate = new Map(records.map((record) => [dateOf(record.date), record]));
  const instants = [...byDate.keys()].map(midnight);
  const latest = Math.max(...instants);
  const last = month ? Math.max(latest, midnight(lastDateOf(month))) : latest;
  const first = Math.min(...instants, month ? midnight(`${month}-01`) : last - (atLeast - 1) * DAY_MS);
  const now = midnight(today(records.at(-1).zone));
  const days = Array.from({ length: (last - first) / DAY_MS + 1 }, (_, index) => {
    const instant = first + index * DAY_MS;
    const record = byDate.get(dateAt(instant)) ?? null;
    return { date: dateAt(instant), record, isToCome: record === null && instant > Math.max(latest, now) };
  });
  return withShownDowntime(days);
}

function withShownDowntime(days) {
  const isInTotal = ({ record }) => record !== null && !isUnmeasured(record) && record.is_in_totals !== false;
  const lengths = days.map((day) => (isInTotal(day) ? downSeconds(day.record) : 0));
  const shared = sharedSeconds(lengths, totalSeconds(lengths));
  return days.map((day, index) => {
    const own = day.record === null ? 0 : totalSeconds([downSeconds(day.record)]);
    return { ...day, downSeconds: isInTotal(day) ? shared[index] : own };
  });
}
