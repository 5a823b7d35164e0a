// The two requests of this page, and what may go wrong.

import { token } from "./token.js";

const ROOT = new URL("api/v1/faults/", document.baseURI);

/**
 * One day as the server reports it. Keys after `sla_breaches` may be missing.
 * @typedef {object} ComplianceRecord
 * @property {string} date first instant of the local day, with the tenant's offset
 * @property {number | null} compliance_percentage rounded down by the server; null where nothing counted
 * @property {number} target_percentage
 * @property {number} uptime_minutes
 * @property {number} downtime_minutes
 * @property {number} sla_breaches
 * @property {"MET" | "BREACHED" | "AT_RISK" | "UNDETERMINED"} [verdict]
 * @property {boolean} [is_confirmed] whether no doubt could change the verdict
 * @property {number | null} [low_percentage] the least availability by any reading of the rows, rounded down
 * @property {number | null} [high_percentage] the greatest one, likewise
 * @property {string} [accounting] name of what counts as what
 * @property {number} [uptime_seconds]
 * @property {number} [downtime_seconds]
 * @property {Record<string, number>} [segments] microseconds of each "SCOPE/STATE"
 * @property {{lines: string[]}} [quality] what to know about the rows behind the figures, in sentences
 * @property {boolean} [is_in_totals] false for a first day whose beginning has been purged
 * @property {string} [method]
 * @property {string} [tz_version]
 * @property {string} [zone]
 */

/**
 * @typedef {object} Alarm
 * @property {string | null} id
 * @property {string | null} alarm_id
 * @property {string} severity
 * @property {string | null} title
 * @property {string | null} resource_id
 * @property {string} first_occurrence
 * @property {string | null} cleared_at null while active
 */

/**
 * @typedef {object} Incident
 * @property {string} start
 * @property {string | null} end null while active
 * @property {number} duration_seconds
 * @property {number} downtime_seconds what of it counts
 * @property {number} alarm_count how many alarms are behind it
 * @property {Alarm[]} alarms the earliest of them
 */

/** A request that was not answered: the server's problem+json, or no answer at all (status 0). */
export class Problem extends Error {
  constructor(status, title, detail) {
    super(title);
    this.status = status;
    this.detail = detail;
  }
}

/**
 * The verdict on the whole range.
 * @typedef {Object} RangeVerdict
 * @property {"MET" | "AT_RISK" | "BREACHED" | "UNDETERMINED"} verdict
 * @property {boolean} isConfirmed whether no doubt about the rows could change it
 */

/**
 * The days of the chosen range.
 * @param {{days: number, excludeMaintenance: boolean}} choice
 * @param {AbortSignal} signal
 * @returns {Promise<{records: ComplianceRecord[], isSample: boolean, verdict: RangeVerdict}>}
 */
export async function fetchCompliance({ days, excludeMaintenance }, signal) {
  const query = { days, exclude_maintenance: excludeMaintenance, detail: "full" };
  const response = await get("sla/compliance", query, signal);
  return {
    records: await readJson(response),
    isSample: response.headers.get("X-SLA-Sample-Data") === "true",
    verdict: {
      verdict: response.headers.get("X-SLA-Verdict") ?? "UNDETERMINED",
      isConfirmed: response.headers.get("X-SLA-Confirmed") === "true",
    },
  };
}

/**
 * What the overview shows of a day without measuring it.
 * @typedef {Object} ShownFigure
 * @property {number} downtime_seconds
 * @property {string} as_of when it was measured
 * @property {boolean} is_older whether the incidents sum to something else by now
 */

/**
 * The incidents that touch one local day; their counted downtime sums to the day's.
 * @param {{date: string, excludeMaintenance: boolean}} choice `date` is YYYY-MM-DD
 * @param {AbortSignal} signal
 * @returns {Promise<{date: string, start: string, end: string, total: number, incidents: Incident[], figure: ?ShownFigure}>}
 *   the earliest of `total`
 */
export async function fetchIncidents({ date, excludeMaintenance }, signal) {
  return readJson(await get("sla/incidents", { date, exclude_maintenance: excludeMaintenance }, signal));
}

async function get(path, query, signal) {
  const url = new URL(path, ROOT);
  url.search = new URLSearchParams(query);
  const response = await send(url, signal);
  if (!response.ok) throw await readProblem(response);
  return response;
}

function headers() {
  const accept = { Accept: "application/json" };
  const bearer = token();
  return bearer ? { ...accept, Authorization: `Bearer ${bearer}` } : accept;
}

async function send(url, signal) {
  try {
    return await fetch(url, { headers: headers(), signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, "The server cannot be reached", "Check the connection, then try again.");
  }
}

async function readJson(response) {
  try {
    return await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(response.status, "The answer cannot be read", "The server sent something other than JSON.");
  }
}

async function readProblem(response) {
  const body = await response.json().catch(() => ({}));
  const retryAfter = response.headers.get("Retry-After");
  const advice = /^\d+$/.test(retryAfter ?? "") ? ` The server asks to wait ${retryAfter} seconds.` : "";
  const detail = typeof body.detail === "string" ? body.detail : `The server answered with status ${response.status}.`;
  return new Problem(response.status, body.title ?? "The request failed", detail + advice);
}
