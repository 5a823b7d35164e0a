// What the chart looks like: axis, plateaus, gaps, target, dates, and one group of shapes for each day.

import { longDate, shortDate } from "./days.js";
import { svg } from "./dom.js";
import { decimalsOf, percentage } from "./locale.js";
import { area, axis, labelStep, runs, steps } from "./plot.js";
import { verdictOf } from "./record.js";
import { description, unknown } from "./words.js";

export const HEIGHT = 300;
const TOP = 20;
const BOTTOM = HEIGHT - 38;
const TICK_GAP = 8;
const DIGIT_WIDTH = 7.5;
const MARKER = 5.5;
const DATES_BELOW = 28;
const VALUE_WIDTH = 50;

/** Scales and values of one drawing. */
export function geometry(days, target, width) {
  const values = days.map(({ record }) => record?.compliance_percentage ?? null);
  const { floor, ticks } = axis(values.filter((value) => value !== null), target);
  const tickTexts = ticks.map((value) => percentage(value, decimalsOf(...ticks)));
  // The axis is as wide as its longest text in the reader's language.
  const origin = Math.max(...tickTexts.map((text) => text.length)) * DIGIT_WIDTH + TICK_GAP;
  const band = (width - origin - 1) / days.length;
  const left = (index) => origin + index * band;
  const x = (index) => left(index) + band / 2;
  const y = (value) => BOTTOM - ((Math.max(value, floor) - floor) / (100 - floor)) * (BOTTOM - TOP);
  const isBelow = (index) => values[index] !== null && values[index] < floor;
  return { days, values, target, ticks, tickTexts, origin, band, width, left, x, y, isBelow };
}

/** The parts of the chart that do not react to pointer or keys. */
export function background(plot) {
  const parts = runs(plot.values).filter((run) => run.isMeasured).map((run) => measuredRun(plot, run));
  return [definitions(), ...gaps(plot), ...parts, grid(plot), ...doubts(plot), ...losses(plot), targetLine(plot), dateLabels(plot)];
}

function definitions() {
  const line = svg("line", { class: "hatch", y2: 6 });
  const place = { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" };
  return svg("defs", {}, svg("pattern", place, line));
}

function grid({ ticks, tickTexts, origin, width, y }) {
  const lines = ticks.flatMap((value, index) => [
    svg("line", { class: "grid", x1: origin, x2: width, y1: y(value), y2: y(value) }),
    svg("text", { class: "tick", x: origin - TICK_GAP, y: y(value), dy: "0.35em", "text-anchor": "end" }, tickTexts[index]),
  ]);
  return svg("g", { "aria-hidden": true }, ...lines);
}

function measuredRun({ values, left, y, band }, { start, end }) {
  const levels = values.slice(start, end).map(y);
  return svg(
    "g",
    { "aria-hidden": true },
    svg("path", { class: "area", d: area(levels, left(start), band, BOTTOM) }),
    svg("path", { class: "line", d: steps(levels, left(start), band) }),
  );
}

/** Days of the past that have no figure are hatched; those to come stay blank. */
function gaps(plot) {
  const missing = plot.days.map(({ isToCome }, index) => (plot.values[index] === null && !isToCome ? true : null));
  return runs(missing).filter((run) => run.isMeasured).map((run) => hatched(plot, run, "gap"));
}

/** Measured days of which some is unknown are hatched, too. */
function doubts(plot) {
  const doubtful = plot.days.map(({ record }, index) => (plot.values[index] === null ? null : unknown(record)));
  return runs(doubtful).filter((run) => run.isMeasured).map((run) => hatched(plot, run, "doubt"));
}

function hatched({ left, band }, { start, end }, name) {
  const box = { x: left(start), y: TOP, width: (end - start) * band, height: BOTTOM - TOP };
  return svg("rect", { class: name, fill: "url(#hatch)", ...box });
}

/** What a day is short of its target: from the target down to the day. */
function losses({ days, values, target, left, y, band }) {
  return days.flatMap(({ record }, index) => {
    const verdict = verdictOf(record);
    if (values[index] === null || values[index] >= target || verdict === "UNDETERMINED") return [];
    const box = { x: left(index), y: y(target), width: band, height: y(values[index]) - y(target) };
    return [svg("rect", { class: `loss ${verdict.toLowerCase()}`, ...box })];
  });
}

function targetLine({ target, origin, width, y }) {
  return svg("line", { class: "target", x1: origin, x2: width, y1: y(target), y2: y(target) });
}

function dateLabels({ days, origin, band, x }) {
  const step = labelStep(band);
  const labels = days.map(({ date }, index) => {
    const isNamed = (days.length - 1 - index) % step === 0 && x(index) > origin + 8;
    const isAtEdge = index === days.length - 1 && band < 48;
    const place = { x: isAtEdge ? x(index) + band / 2 : x(index), y: BOTTOM + DATES_BELOW, "text-anchor": isAtEdge ? "end" : "middle" };
    return isNamed ? svg("text", { class: "tick", ...place }, shortDate(date)) : "";
  });
  return svg("g", { "aria-hidden": true }, ...labels);
}

/** One day: the whole height of it can be pointed at. */
export function dayButton(plot, day, index) {
  const { left, x, y, band, values } = plot;
  const verdict = verdictOf(day.record);
  const middle = x(index);
  const level = values[index] === null ? null : y(values[index]);
  const label = `${longDate(day.date)}: ${description(day)}`;
  return svg(
    "g",
    { class: "day", role: "button", "data-date": day.date, "aria-label": label },
    svg("rect", { class: "band", x: left(index), y: TOP - 12, width: band, height: BOTTOM - TOP + 12 }),
    svg("line", { class: "cursor", x1: middle, x2: middle, y1: TOP - 12, y2: BOTTOM }),
    ...(level === null ? [] : [marker(verdict, middle, level)]),
    ...(plot.isBelow(index) ? below(plot, index) : []),
  );
}

/** Breached days carry a filled diamond, days at risk a hollow one; others a dot while pointed at. */
function marker(verdict, x, y) {
  if (verdict === "MET") return svg("circle", { class: "dot", cx: x, cy: y, r: 4 });
  return svg("path", { class: `marker ${verdict.toLowerCase()}`, d: diamond(x, y, MARKER) });
}

/** A day below the axis: an arrow downwards, and its figure where that has room between its neighbours. */
function below(plot, index) {
  const { x, values, target, days, origin, width } = plot;
  const arrow = svg("path", { class: "below", d: arrowDown(x(index), BOTTOM + 9) });
  // Kept within the plot, a label at its edge comes nearer to its neighbours than its day is.
  const labelX = (day) => Math.min(Math.max(x(day), origin + VALUE_WIDTH / 2), width - VALUE_WIDTH / 2);
  const isAlone = !days.some((_, other) => other !== index && plot.isBelow(other) && Math.abs(labelX(other) - labelX(index)) < VALUE_WIDTH);
  if (!isAlone) return [arrow];
  const place = { x: labelX(index), y: BOTTOM - 12 };
  const text = percentage(values[index], decimalsOf(values[index], target));
  return [arrow, svg("text", { class: "value", "text-anchor": "middle", "aria-hidden": true, ...place }, text)];
}

/** Path of a diamond around a point. */
export const diamond = (x, y, half) => `M${x} ${y - half}L${x + half} ${y}L${x} ${y + half}L${x - half} ${y}Z`;

/** Path of an arrow head that points down from a point. */
export const arrowDown = (x, y) => `M${x - 4} ${y}L${x + 4} ${y}L${x} ${y + 6}Z`;
