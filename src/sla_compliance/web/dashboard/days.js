// Dates are text. A day is the date part of what the server sends, so the browser's own zone never moves it;
// Date objects appear only at midnight UTC, to count days and to name them.

const DAY_MS = 86_400_000;

const formatter = (options) => new Intl.DateTimeFormat("en-US", { timeZone: "UTC", ...options });
const SHORT = formatter({ month: "short", day: "numeric" });
const LONG = formatter({ weekday: "long", month: "long", day: "numeric", year: "numeric" });
const MEDIUM = formatter({ weekday: "short", month: "short", day: "numeric", year: "numeric" });
const SPAN = formatter({ month: "short", day: "numeric", year: "numeric" });

const midnight = (date) => Date.parse(`${date}T00:00:00Z`);

/** "2025-10-08T00:00:00+01:00" is of the date "2025-10-08". */
export const dateOf = (timestamp) => timestamp.slice(0, 10);

/** "Oct 8" */
export const shortDate = (date) => SHORT.format(midnight(date));

/** "Wednesday, October 8, 2025" */
export const longDate = (date) => LONG.format(midnight(date));

/** "Wed, Oct 8, 2025" */
export const mediumDate = (date) => MEDIUM.format(midnight(date));

/** "Sep 9 – Oct 8, 2025" */
export const dateSpan = (first, last) => SPAN.formatRange(midnight(first), midnight(last));

/**
 * Every date of the range, those without a record too: what is missing must show as a gap.
 * @param {import("./api.js").ComplianceRecord[]} records not empty
 * @param {number} atLeast how many dates the range was to have
 * @returns {{date: string, record: import("./api.js").ComplianceRecord | null}[]} in order
 */
export function calendar(records, atLeast) {
  const byDate = new Map(records.map((record) => [dateOf(record.date), record]));
  const instants = [...byDate.keys()].map(midnight);
  const last = Math.max(...instants);
  const first = Math.min(...instants, last - (atLeast - 1) * DAY_MS);
  return Array.from({ length: (last - first) / DAY_MS + 1 }, (_, index) => {
    const date = new Date(first + index * DAY_MS).toISOString().slice(0, 10);
    return { date, record: byDate.get(date) ?? null };
  });
}
