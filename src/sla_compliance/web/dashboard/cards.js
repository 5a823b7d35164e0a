// The four figures above the chart, and the chart's legend.

import { dateOf, shortDate } from "./days.js";
import { element, svg } from "./dom.js";
import { diamond } from "./picture.js";
import { verdictOf } from "./record.js";
import { percentage, quantity, rangeVerdictWords, unknown, units } from "./words.js";

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
  // The style sheet has a shape for each verdict: "Breached, unconfirmed" has that of "Breached".
  const kind = words.split(",")[0].toLowerCase().replace(" ", "_");
  const verdict = element("span", { class: `verdict ${kind}` }, words);
  const share = summary.availability === null ? [NOTHING] : figure(summary.availability, "%");
  return card("Availability", share, verdict, ` target\u00a0${percentage(summary.target)}`);
}

function downtime({ downSeconds, measuredDays }) {
  const parts = units(Math.ceil(downSeconds)).flatMap(([count, unit]) => figure(count, unit));
  return card("Downtime", parts, `In ${quantity(measuredDays, "measured day")}`);
}

function breaches({ breachedDays, measuredDays, isConfirmed }) {
  const none = isConfirmed ? "No day missed the target" : "None on record";
  const note = breachedDays === 0 ? none : "Below the target";
  return card("Breached days", figure(breachedDays, `of ${measuredDays}`), note);
}

function worst({ worst: record, isConfirmed }) {
  if (record === null) return card("Worst day", [NOTHING], "Nothing was measured in this range");
  const value = record.compliance_percentage;
  const none = isConfirmed ? "No downtime on any day" : "No downtime on record";
  const note = value === 100 ? none : `On ${shortDate(dateOf(record.date))}`;
  return card("Worst day", figure(value, "%"), note);
}

const figure = (value, unit) => [`${value}`, element("span", { class: "unit" }, unit)];

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
  const verdicts = new Set(days.map(({ record }) => verdictOf(record)));
  const entries = [
    [true, "Availability", svg("path", { class: "line", d: "M1 4H17" })],
    [true, `Target ${percentage(target)}`, svg("path", { class: "target", d: "M0 6H18" })],
    [verdicts.has("BREACHED"), "Breached day", svg("path", { class: "marker breached", d: diamond(9, 6, 5) })],
    [verdicts.has("AT_RISK"), "Day at risk", svg("path", { class: "marker at_risk", d: diamond(9, 6, 4.5) })],
    [verdicts.has("UNDETERMINED"), "No data", svg("rect", { class: "gap", fill: "url(#hatch)", width: 18, height: 12 })],
    [days.some(({ record }) => record !== null && unknown(record) !== null), "Partly unknown", svg("rect", { class: "doubt", fill: "url(#hatch)", width: 18, height: 12 })],
  ];
  list.replaceChildren(...entries.filter(([isShown]) => isShown).map(([, name, swatch]) => legendItem(name, swatch)));
}

const legendItem = (name, swatch) =>
  element("li", {}, svg("svg", { class: "swatch", width: 18, height: 12, "aria-hidden": true }, swatch), name);
