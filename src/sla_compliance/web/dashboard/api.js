// The requests of this page, and what may go wrong.

import { token } from "./token.js";

// The address of the API stands in the page, for it may be another one in an app that has mounted the page.
const PREFIX = document.querySelector('meta[name="sla-api"]')?.content || "api/v1/faults";
const ROOT = new URL(`${PREFIX.replace(/\/+$/, "")}/sla/`, document.baseURI);
// What a server answers that does not have a part of the API, or not for this tenant.
const NOT_THERE = [403, 404, 405, 501];

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
 * @property {{lines: string[], doubts?: Doubt[]}} [quality] what to know about the rows behind the figures, in sentences
 * @property {boolean} [is_in_totals] false for a first day whose beginning has been purged
 * @property {string} [method]
 * @property {string} [as_of] when the day was measured
 * @property {string[]} [provenance] holds OUTDATED where the source could not be read
 * @property {string} [tz_version]
 * @property {string} [zone]
 */

/**
 * What the rows leave open in a range.
 * @typedef {object} Doubt
 * @property {string} cause
 * @property {number} rows how many leave it open; 0 where it is no row's doing
 * @property {number} seconds the time at stake
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

/**
 * A part of a day in which one thing was owed and one was the case.
 * @typedef {object} Stretch
 * @property {string} start
 * @property {string} end
 * @property {string} scope what was owed
 * @property {string} state what was the case
 * @property {"up" | "down" | null} counts
 */

/** A request that was not answered: the server's problem+json, or no answer at all (status 0). */
export class Problem extends Error {
  constructor(status, title, detail) {
    super(title);
    this.status = status;
    this.detail = detail;
  }
}

let tenantId = null;

/**
 * All further requests are about this tenant, one of those that the token holds; null: the token's own. The parameter
 * names it, and the header too: a server that reads neither for its choice still refuses another tenant than its own.
 */
export function selectTenant(id) {
  tenantId = id;
}

/**
 * The verdict on the whole range.
 * @typedef {Object} RangeVerdict
 * @property {"MET" | "AT_RISK" | "BREACHED" | "UNDETERMINED"} verdict
 * @property {boolean} isConfirmed whether no doubt about the rows could change it
 */

/**
 * The days of the chosen range.
 * @param {Record<string, string>} range parameters that name the days
 * @param {{excludeMaintenance: boolean}} choice
 * @param {AbortSignal} signal
 * @returns {Promise<{records: ComplianceRecord[], isSample: boolean, verdict: RangeVerdict, answeredAt: number}>}
 *   `answeredAt` by the server's clock, milliseconds
 */
export async function fetchCompliance(range, { excludeMaintenance }, signal) {
  const query = { ...range, exclude_maintenance: excludeMaintenance, detail: "full" };
  const response = await get("compliance", query, signal);
  return {
    records: await readJson(response),
    isSample: response.headers.get("X-SLA-Sample-Data") === "true",
    verdict: {
      verdict: response.headers.get("X-SLA-Verdict") ?? "UNDETERMINED",
      isConfirmed: response.headers.get("X-SLA-Confirmed") === "true",
    },
    answeredAt: Date.parse(response.headers.get("Date") ?? "") || Date.now(),
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
 * @returns {Promise<{date: string, start: string, end: string, total: number, incidents: Incident[], figure: ?ShownFigure,
 *   timeline?: Stretch[]}>} the earliest of `total`
 */
export async function fetchIncidents({ date, excludeMaintenance }, signal) {
  return readJson(await get("incidents", { date, exclude_maintenance: excludeMaintenance }, signal));
}

/** The resources with the lowest availability, and how many have one; null where the server does not list them. */
export async function fetchResources(range, { excludeMaintenance }, limit, signal) {
  const response = await getWhereThere("resources", { ...range, exclude_maintenance: excludeMaintenance, limit }, signal);
  if (response === null) return null;
  return { resources: await readJson(response), total: totalOf(response) };
}

/** The error budget of the calendar month in progress; null where the server knows none. */
export const fetchBudget = ({ excludeMaintenance }, signal) =>
  fetchWhereThere("budget", { period: "month", exclude_maintenance: excludeMaintenance }, signal);

/** How each week compares with the one before it; null where the server does not compare. */
export const fetchTrend = ({ excludeMaintenance }, signal) =>
  fetchWhereThere("trend", { period: "week", count: 2, exclude_maintenance: excludeMaintenance }, signal);

/** The formats of reports that the server can write; null where it writes none. */
export const fetchReportFormats = (signal) => fetchWhereThere("report-formats", {}, signal);

/** The answer with the file of a report. */
export const fetchReport = ({ excludeMaintenance, ...query }) =>
  get("report", { ...query, exclude_maintenance: excludeMaintenance });

/** The tenants of the token, the default one first; null where the server does not list them. */
export const fetchTenants = (limit, signal) => fetchWhereThere("tenants", { limit }, signal);

/** The tenants of the token with the figures of stored days, the worst first, and how many; null as above. */
export async function fetchOverview(dates, limit, signal) {
  const response = await getWhereThere("overview", { ...dates, limit }, signal);
  return response === null ? null : { standings: await readJson(response), total: totalOf(response) };
}

/** How many entries the whole list has, of which the answer is a part. */
const totalOf = (response) => Number(response.headers.get("X-Total-Count") ?? 0);

async function fetchWhereThere(path, query, signal) {
  const response = await getWhereThere(path, query, signal);
  return response === null ? null : readJson(response);
}

// Paths that this server does not have are asked for once.
const missing = new Set();

async function getWhereThere(path, query, signal) {
  if (missing.has(path)) return null;
  try {
    return await get(path, query, signal);
  } catch (error) {
    if (!NOT_THERE.includes(error.status)) throw error;
    if (error.status !== 403) missing.add(path);
    return null;
  }
}

async function get(path, query, signal) {
  const url = new URL(path, ROOT);
  url.search = new URLSearchParams(tenantId === null ? query : { ...query, tenant: tenantId });
  const response = await send(url, signal);
  if (!response.ok) throw await readProblem(response);
  return response;
}

function headers() {
  const accept = { Accept: "application/json" };
  const bearer = token();
  if (bearer) accept.Authorization = `Bearer ${bearer}`;
  if (tenantId !== null) accept["X-Tenant-ID"] = tenantId;
  return accept;
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
