// The panel of one day: its figures, its timeline, its incidents with the alarms behind them.

import { fetchIncidents } from "./api.js";
import { dayClock } from "./clock.js";
import { longDate } from "./days.js";
import { element } from "./dom.js";
import { downSeconds, upSeconds, verdictOf } from "./record.js";
import { showTimeline } from "./timeline.js";
import { downtime, percentage, quantity, segment, unknown, uptime, VERDICTS } from "./words.js";

const MOST_ALARMS = 5;
const MICROSECONDS = 1_000_000;

/**
 * Opens a day in `panel` and fetches its incidents.
 * @param {HTMLElement} panel
 * @param {import("./chart.js").Day} day
 * @param {{excludeMaintenance: boolean, signal: AbortSignal, onClose: () => void,
 *   onRefused: (problem: import("./api.js").Problem) => void}} options `excludeMaintenance` as in the request for `day`
 */
export async function openDay(panel, day, options) {
  const body = element("div", { class: "day-body" });
  panel.replaceChildren(heading(day, options.onClose), body);
  panel.hidden = false;
  document.getElementById("day-heading").focus({ preventScroll: true });
  panel.scrollIntoView({ block: "nearest" });
  await fill(body, day, options);
}

function heading(day, onClose) {
  const close = element("button", { class: "button", type: "button" }, "Close");
  close.addEventListener("click", onClose);
  return element(
    "div",
    { class: "panel-head" },
    element("div", {}, element("h2", { id: "day-heading", tabindex: -1 }, longDate(day.date)), facts(day.record)),
    close,
  );
}

function facts(record) {
  const verdict = verdictOf(record);
  const badge = element("span", { class: `verdict ${verdict.toLowerCase()}` }, VERDICTS[verdict]);
  if (verdict === "UNDETERMINED") return element("p", { class: "facts" }, badge, fact("No availability on this day"), ...unknownFact(record));
  return element(
    "p",
    { class: "facts" },
    badge,
    fact(`${percentage(record.compliance_percentage)} of ${percentage(record.target_percentage)}`),
    fact(`${downtime(downSeconds(record))} down`),
    fact(`${uptime(upSeconds(record))} up`),
    ...unknownFact(record),
  );
}

const fact = (text) => element("span", {}, text);

const unknownFact = (record) => (unknown(record) === null ? [] : [fact(unknown(record))]);

async function fill(body, day, options) {
  body.replaceChildren(element("div", { class: "ghost ghost-day", role: "status", "aria-label": "Loading incidents" }));
  // The same choice as in the overview: the incidents then sum to the day's downtime above them.
  const choice = { date: day.date, excludeMaintenance: options.excludeMaintenance };
  try {
    body.replaceChildren(...incidentsOf(await fetchIncidents(choice, options.signal), day.record));
  } catch (error) {
    if (error.name === "AbortError") return;
    if (error.status === 401) return options.onRefused(error);
    if (error.status === undefined) throw error;
    body.replaceChildren(failure(error, () => fill(body, day, options)));
  }
}

function failure(problem, retry) {
  const button = element("button", { class: "button", type: "button" }, "Try again");
  button.addEventListener("click", retry);
  return element("div", { class: "inline-failure", role: "alert" }, element("p", {}, `${problem.message}. ${problem.detail}`), button);
}

function incidentsOf(answer, record) {
  const clock = dayClock(answer, record?.zone);
  const timeline = element("div", { class: "timeline-frame" });
  showTimeline(timeline, clock, answer.incidents);
  const later = notListed(answer.total - answer.incidents.length, "later incident");
  return [timeline, ...olderFigure(answer.figure, clock), incidentList(answer.incidents, clock), later, composition(record)];
}

/** The overview may show a figure from before the incidents; they are read now. */
function olderFigure(figure, clock) {
  if (!figure?.is_older) return [];
  return [element("p", { class: "quiet" }, `The figure above is older than this list: it was measured at ${clock.timeOf(figure.as_of)}.`)];
}

/** How many the answer leaves out. */
const notListed = (count, noun) => (count > 0 ? element("p", { class: "quiet" }, `${quantity(count, noun)} not listed.`) : "");

function incidentList(incidents, clock) {
  if (incidents.length === 0) return element("p", { class: "quiet" }, "No incidents on this day.");
  return element("ol", { class: "incidents" }, ...incidents.map((incident) => incidentItem(incident, clock)));
}

function incidentItem(incident, clock) {
  const { start, end, duration_seconds: duration, downtime_seconds: countedDowntime, alarms, alarm_count: count } = incident;
  const length = end === null ? `${downtime(duration)} so far` : downtime(duration);
  const note = countedDowntime === duration ? length : `${length}, ${downtime(countedDowntime)} of it counted`;
  return element(
    "li",
    {},
    element("h3", {}, span(clock, start, end), element("span", { class: "quiet" }, note)),
    ...alarmLists(alarms.map((alarm) => alarmItem(alarm, clock))),
    notListed(count - alarms.length, "later alarm"),
  );
}

/** The first few alarms of an incident are visible, the others unfold. */
function alarmLists(items) {
  const visibleItems = items.slice(0, MOST_ALARMS);
  const foldedItems = items.slice(MOST_ALARMS);
  const list = (alarms) => element("ul", { class: "alarms" }, ...alarms);
  if (foldedItems.length === 0) return [list(visibleItems)];
  const summary = element("summary", {}, quantity(foldedItems.length, "more alarm"));
  return [list(visibleItems), element("details", { class: "more" }, summary, list(foldedItems))];
}

function alarmItem(alarm, clock) {
  const name = alarm.title ?? alarm.alarm_id ?? alarm.id ?? "Untitled alarm";
  const where = [alarm.resource_id, alarm.alarm_id].filter((text) => text && text !== name).join(" · ");
  return element(
    "li",
    {},
    element("span", { class: "severity", "data-severity": alarm.severity.toLowerCase() }, alarm.severity.toLowerCase()),
    element("span", { class: "alarm-name" }, name, element("span", { class: "quiet" }, where)),
    element("span", { class: "alarm-time" }, span(clock, alarm.first_occurrence, alarm.cleared_at)),
  );
}

const span = (clock, start, end) => `${clock.timeOf(start)} – ${end === null ? "still active" : clock.timeOf(end)}`;

/** How the day's whole length divides into cells: what was owed, and what was the case. */
function composition(record) {
  const parts = Object.entries(record?.segments ?? {}).filter(([, length]) => length > 0);
  if (parts.length === 0) return "";
  const rows = parts.map(([name, length]) =>
    element("div", {}, element("dt", {}, segment(name)), element("dd", {}, downtime(length / MICROSECONDS))),
  );
  return element("div", { class: "makeup" }, element("h3", {}, "How the day is counted"), element("dl", {}, ...rows));
}
