// The figures of the whole range. They come from lengths, never from a mean of percentages, in integers: the sum is
// exact and the share is cut, not rounded, so that 100 is shown only when nothing was lost.

import { decimalsOf } from "./locale.js";
import { downSeconds, isUnmeasured, upSeconds } from "./record.js";

const MICROSECONDS = 1_000_000;

/**
 * @param {import("./api.js").ComplianceRecord[]} records
 * @returns {{availability: number | null, target: number, downSeconds: number, breachedDays: number,
 *   measuredDays: number, worst: import("./api.js").ComplianceRecord | null}}
 */
export function summarize(records) {
  const measured = records.filter((record) => !isUnmeasured(record) && record.is_in_totals !== false);
  const up = total(measured, upSeconds);
  const down = total(measured, downSeconds);
  const target = records[0].target_percentage;
  return {
    availability: share(up, up + down, decimalsOf(target)),
    target,
    // Of the exact sum, rounded up once.
    downSeconds: Math.ceil(Number(down) / MICROSECONDS),
    breachedDays: measured.reduce((sum, record) => sum + record.sla_breaches, 0),
    measuredDays: measured.length,
    worst: measured.reduce(worse, null),
  };
}

const total = (records, seconds) =>
  records.reduce((sum, record) => sum + BigInt(Math.round(seconds(record) * MICROSECONDS)), 0n);

/** `part / whole` in per cent, cut at `digits`; null where nothing counted. */
function share(part, whole, digits) {
  if (whole === 0n) return null;
  const scale = 10 ** digits;
  return Number((part * 100n * BigInt(scale)) / whole) / scale;
}

/** The day with the lower share; of equal ones that with more downtime, then the earlier. */
function worse(worst, record) {
  if (worst === null) return record;
  const gap = record.compliance_percentage - worst.compliance_percentage || downSeconds(worst) - downSeconds(record);
  return gap < 0 ? record : worst;
}
