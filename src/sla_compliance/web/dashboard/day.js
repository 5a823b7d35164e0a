// The panel of one day: its figures, its timeline, its incidents with the alarms behind them.

import { fetchIncidents } from "./api.js";
import { dayClock } from "./clock.js";
import { longDate } from "./days.js";
import { element } from "./dom.js";
import { downtime, duration, sharedSeconds, totalSeconds } from "./lengths.js";
import { percentage } from "./locale.js";
import { downSeconds, upSeconds, verdictOf } from "./record.js";
import { showTimeline } from "./timeline.js";
import { quantity, segment, segmentRank, shareOf, unknown, unmeasuredWords, VERDICTS } from "./words.js";

const MOST_ALARMS = 5;
const MICROSECONDS = 1_000_000;
const EQUAL_WITHIN_S = 1e-3;

/**
 * Opens a day in `panel` and fetches its incidents.
 * @param {HTMLElement} panel
 * @param {import("./days.js").Day} day
 * @param {{excludeMaintenance: boolean, signal: AbortSignal, onClose: () => void,
 *   onRefused: (problem: import("./api.js").Problem) => void}} options `excludeMaintenance` as in the request for `day`
 * @returns {{refresh: (day: import("./days.js").Day) => Promise<void>}} `refresh` changes only what has changed
 */
export function openDay(panel, day, options) {
  const body = element("div", { class: "day-body" });
  panel.replaceChildren(heading(day, options.onClose), body);
  panel.hidden = false;
  document.getElementById("day-heading").focus({ preventScroll: true });
  panel.scrollIntoView({ block: "nearest" });
  const view = { panel, body, options, shownText: "" };
  body.replaceChildren(element("div", { class: "ghost ghost-day", role: "status", "aria-label": "Loading incidents" }));
  fill(view, day);
  return {
    async refresh(newDay) {
      panel.querySelector(".facts").replaceWith(facts(newDay));
      await fill(view, newDay, { isQuiet: true });
    },
  };
}

function heading(day, onClose) {
  const close = element("button", { class: "button", type: "button" }, "Close");
  close.addEventListener("click", onClose);
  return element(
    "div",
    { class: "panel-head" },
    element("div", {}, element("h2", { id: "day-heading", tabindex: -1 }, longDate(day.date)), facts(day)),
    close,
  );
}

function facts({ record, downSeconds: shownDown }) {
  const verdict = verdictOf(record);
  const badge = element("span", { class: `verdict ${verdict.toLowerCase()}` }, VERDICTS[verdict]);
  if (verdict === "UNDETERMINED") return element("p", { class: "facts" }, badge, fact(unmeasuredWords(record)), ...unknownFact(record));
  return element(
    "p",
    { class: "facts" },
    badge,
    fact(`${shareOf(record)} of ${percentage(record.target_percentage)}`),
    fact(`${downtime(shownDown, record.downtime_seconds)} down`),
    fact(`${duration(shownUptime(record, shownDown))} up`),
    ...unknownFact(record),
  );
}

/** With the downtime that is shown it adds up to the time that counted. */
const shownUptime = (record, shownDown) => Math.max(0, Math.round(upSeconds(record) + downSeconds(record)) - shownDown);

const fact = (text) => element("span", {}, text);

const unknownFact = (record) => (unknown(record) === null ? [] : [fact(unknown(record))]);

async function fill(view, day, { isQuiet = false } = {}) {
  const { body, options } = view;
  // The same choice as in the overview: the incidents then sum to the day's downtime above them.
  const choice = { date: day.date, excludeMaintenance: options.excludeMaintenance };
  try {
    show(view, await fetchIncidents(choice, options.signal), day);
  } catch (error) {
    if (error.name === "AbortError") return;
    if (error.status === 401) return options.onRefused(error);
    if (error.status === undefined) throw error;
    // What is shown stays: the page itself says that it cannot be refreshed.
    if (!isQuiet || view.shownText === "") body.replaceChildren(failure(error, () => fill(view, day)));
  }
}

/** Leaves the panel as it is where nothing has changed, and unfolded lists unfolded where something has. */
function show(view, answer, day) {
  const text = JSON.stringify([answer, day]);
  if (text === view.shownText) return;
  const unfolded = [...view.body.querySelectorAll("details")].map((details) => details.open);
  view.shownText = text;
  view.body.replaceChildren(...incidentsOf(answer, day));
  view.body.querySelectorAll("details").forEach((details, index) => (details.open = unfolded[index] ?? false));
}

function failure(problem, retry) {
  const button = element("button", { class: "button", type: "button" }, "Try again");
  button.addEventListener("click", retry);
  return element("div", { class: "inline-failure", role: "alert" }, element("p", {}, `${problem.message}. ${problem.detail}`), button);
}

function incidentsOf(answer, day) {
  const clock = dayClock(answer, day.record?.zone);
  const timeline = element("div", { class: "timeline-frame" });
  showTimeline(timeline, clock, answer.incidents, answer.timeline);
  const later = notListed(answer.total - answer.incidents.length, "later incident");
  const list = incidentList(answer.incidents, clock, sumOf(answer.incidents, day));
  return [timeline, ...olderFigure(answer.figure, clock), list, later, composition(day.record)];
}

/** What the incidents are to sum to: what is shown of the day, where it is of the same length. */
function sumOf(incidents, { record, downSeconds: shownDown }) {
  const lengths = incidents.map((incident) => incident.downtime_seconds);
  const sum = lengths.reduce((total, seconds) => total + seconds, 0);
  const isWhole = record !== null && Math.abs(sum - downSeconds(record)) < EQUAL_WITHIN_S;
  return isWhole ? shownDown : totalSeconds(lengths);
}

/** The overview may show a figure from before the incidents; they are read now. */
function olderFigure(figure, clock) {
  if (!figure?.is_older) return [];
  return [element("p", { class: "quiet" }, `The figure above is older than this list: it was measured at ${clock.timeOf(figure.as_of)}.`)];
}

/** How many the answer leaves out. */
const notListed = (count, noun) => (count > 0 ? element("p", { class: "quiet" }, `${quantity(count, noun)} not listed.`) : "");

function incidentList(incidents, clock, total) {
  if (incidents.length === 0) return element("p", { class: "quiet" }, "No incidents on this day.");
  const counted = sharedSeconds(incidents.map((incident) => incident.downtime_seconds), total);
  const items = incidents.map((incident, index) => incidentItem(incident, counted[index], clock));
  return element("ol", { class: "incidents" }, ...items);
}

function incidentItem(incident, shownCounted, clock) {
  const { start, end, duration_seconds: seconds, downtime_seconds: countedSeconds, alarms, alarm_count: count } = incident;
  const isAllCounted = countedSeconds === seconds;
  const shown = isAllCounted ? shownCounted : Math.max(totalSeconds([seconds]), shownCounted);
  const length = end === null ? `${downtime(shown, seconds)} so far` : downtime(shown, seconds);
  const counted = countedSeconds === 0 ? "none of it counted" : `${downtime(shownCounted, countedSeconds)} of it counted`;
  return element(
    "li",
    { class: countedSeconds === 0 ? "excused" : null },
    element("h3", {}, span(clock, start, end), element("span", { class: "quiet" }, isAllCounted ? length : `${length}, ${counted}`)),
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

/** How the day's whole length divides into cells: what was owed, and what was the case. They sum to the day's length. */
function composition(record) {
  const parts = Object.entries(record?.segments ?? {})
    .filter(([, length]) => length > 0)
    .sort(([one], [other]) => segmentRank(one) - segmentRank(other));
  if (parts.length === 0) return "";
  const lengths = parts.map(([, length]) => length / MICROSECONDS);
  const shown = sharedSeconds(lengths);
  const rows = parts.map(([name], index) =>
    element("div", {}, element("dt", {}, segment(name)), element("dd", {}, downtime(shown[index], lengths[index]))),
  );
  return element("div", { class: "makeup" }, element("h3", {}, "How the day is counted"), element("dl", {}, ...rows));
}
