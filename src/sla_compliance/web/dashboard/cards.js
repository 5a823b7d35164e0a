// The four figures above the chart, and the chart's legend.

import { dateOf, weekdayDate } from "./days.js";
import { element, svg } from "./dom.js";
import { units } from "./lengths.js";
import { decimalsOf, integer, percentage, percentageParts } from "./locale.js";
import { arrowDown, diamond } from "./picture.js";
import { axis } from "./plot.js";
import { verdictOf } from "./record.js";
import { quantity, rangeVerdictWords, unknown, verdictClass } from "./words.js";

const NOTHING = "–";

/**
 * @param {HTMLElement} list a `dl`
 * @param {ReturnType<import("./summary.js").summarize> & import("./api.js").RangeVerdict} summary whose figures are those on
 *   record
 */
export function showCards(list, summary) {
  list.replaceChildren(availability(summary), downtime(summary), breaches(summary), worst(summary));
}

function availability(summary) {
  const words = rangeVerdictWords(summary);
  const verdict = element("span", { class: verdictClass(words) }, words);
  const share = summary.availability === null ? [NOTHING] : shareFigure(summary.availability, summary.target);
  return card("Availability", share, verdict, ` target\u00a0${percentage(summary.target)}`);
}

function downtime({ downSeconds, measuredDays }) {
  const parts = units(downSeconds).flatMap(([count, unit]) => figure(count, unit));
  return card("Downtime", parts, `In ${quantity(measuredDays, "measured day")}`);
}

function breaches({ breachedDays, measuredDays, isConfirmed }) {
  const none = isConfirmed ? "No day missed the target" : "None on record";
  const note = breachedDays === 0 ? none : "Below the target";
  return card("Breached days", figure(integer(breachedDays), `of ${integer(measuredDays)}`), note);
}

function worst({ worst: record, isConfirmed, target }) {
  if (record === null) return card("Worst day", [NOTHING], "Nothing was measured in this range");
  const value = record.compliance_percentage;
  const none = isConfirmed ? "No downtime on any day" : "No downtime on record";
  const note = value === 100 ? none : `On ${weekdayDate(dateOf(record.date))}`;
  return card("Worst day", shareFigure(value, target), note);
}

const unitOf = (text) => element("span", { class: "unit" }, text);
const figure = (text, unit) => [text, unitOf(unit)];
const shareFigure = (value, target) =>
  percentageParts(value, decimalsOf(value, target))
    .filter(({ text }) => text.trim() !== "")
    .map(({ text, isNumber }) => (isNumber ? text : unitOf(text)));

const card = (name, value, ...note) =>
  element(
    "div",
    { class: "card" },
    element("dt", {}, name),
    element("dd", { class: "figure" }, ...value),
    element("dd", { class: "note" }, ...note),
  );

/** Names only what the chart shows. */
export function showLegend(list, days, target) {
  const past = days.filter(({ isToCome }) => !isToCome);
  const verdicts = new Set(past.map(({ record }) => verdictOf(record)));
  const values = past.map(({ record }) => record?.compliance_percentage ?? null).filter((value) => value !== null);
  const { floor } = axis(values, target);
  const hatch = { fill: "url(#hatch)", width: 18, height: 12 };
  const entries = [
    [true, "Availability", svg("path", { class: "line", d: "M1 4H17" })],
    [true, `Target ${percentage(target)}`, svg("path", { class: "target", d: "M0 6H18" })],
    [verdicts.has("BREACHED"), "Breached day", svg("path", { class: "marker breached", d: diamond(9, 6, 5) })],
    [verdicts.has("AT_RISK"), "Day at risk", svg("path", { class: "marker at_risk", d: diamond(9, 6, 4.5) })],
    [values.some((value) => value < floor), "Below the axis", svg("path", { class: "below", d: arrowDown(9, 3) })],
    [verdicts.has("UNDETERMINED"), "No data", svg("rect", { class: "gap", ...hatch })],
    [days.some(({ record }) => record !== null && unknown(record) !== null), "Partly unknown", svg("rect", { class: "doubt", ...hatch })],
  ];
  list.replaceChildren(...entries.filter(([isShown]) => isShown).map(([, name, swatch]) => legendItem(name, swatch)));
}

const legendItem = (name, swatch) =>
  element("li", {}, svg("svg", { class: "swatch", width: 18, height: 12, "aria-hidden": true }, swatch), name);
