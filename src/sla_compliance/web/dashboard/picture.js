// What the chart looks like: axis, area, gaps, target, dates, and one group of shapes for each day.

import { longDate, shortDate } from "./days.js";
import { svg } from "./dom.js";
import { area, axisFloor, axisTicks, labelStep, line, runs } from "./plot.js";
import { verdictOf } from "./record.js";
import { description, unknown } from "./words.js";

export const HEIGHT = 300;
const TOP = 20;
const BOTTOM = HEIGHT - 32;
const LEFT = 48;
const MARKER = 5.5;

/** Scales and values of one drawing. */
export function geometry(days, target, width) {
  const values = days.map(({ record }) => record?.compliance_percentage ?? null);
  const floor = axisFloor([...values.filter((value) => value !== null), target]);
  const band = (width - LEFT - 1) / days.length;
  const x = (index) => LEFT + (index + 0.5) * band;
  const y = (value) => BOTTOM - ((value - floor) / (100 - floor)) * (BOTTOM - TOP);
  return { days, values, target, floor, band, width, x, y };
}

/** The parts of the chart that do not react to pointer or keys. */
export function background(plot) {
  const parts = runs(plot.values).map((run) => (run.isMeasured ? measuredRun(plot, run) : gap(plot, run)));
  return [definitions(), axis(plot), ...doubts(plot), ...parts, targetLine(plot), dateLabels(plot)];
}

function definitions() {
  return svg(
    "defs",
    {},
    svg(
      "linearGradient",
      { id: "area", x1: 0, y1: 0, x2: 0, y2: 1 },
      svg("stop", { offset: 0, class: "area-top" }),
      svg("stop", { offset: 1, class: "area-bottom" }),
    ),
    svg(
      "pattern",
      { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      svg("line", { class: "hatch", y2: 6 }),
    ),
  );
}

function axis({ floor, width, y }) {
  const ticks = axisTicks(floor).flatMap((value) => [
    svg("line", { class: "grid", x1: LEFT, x2: width, y1: y(value), y2: y(value) }),
    svg("text", { class: "tick", x: LEFT - 10, y: y(value), dy: "0.35em", "text-anchor": "end" }, `${value}%`),
  ]);
  return svg("g", { "aria-hidden": true }, ...ticks);
}

function measuredRun({ values, x, y, band }, { start, end }) {
  const points = values.slice(start, end).map((value, offset) => [x(start + offset), y(value)]);
  return svg(
    "g",
    { "aria-hidden": true },
    svg("path", { class: "area", fill: "url(#area)", d: area(points, band / 2, BOTTOM) }),
    svg("path", { class: "line", d: line(points, band / 2) }),
  );
}

const gap = (plot, run) => hatched(plot, run, "gap");

/** Measured days of which some is unknown are hatched, too, behind the line. */
function doubts(plot) {
  const doubtful = plot.days.map(({ record }, index) => (plot.values[index] === null ? null : unknown(record)));
  return runs(doubtful).filter((run) => run.isMeasured).map((run) => hatched(plot, run, "doubt"));
}

function hatched({ x, band }, { start, end }, name) {
  const box = { x: x(start) - band / 2, y: TOP, width: (end - start) * band, height: BOTTOM - TOP };
  return svg("rect", { class: name, fill: "url(#hatch)", ...box });
}

function targetLine({ target, width, y }) {
  return svg("line", { class: "target", x1: LEFT, x2: width, y1: y(target), y2: y(target) });
}

function dateLabels({ days, band, x }) {
  const step = labelStep(band);
  const labels = days.map(({ date }, index) => {
    const isNamed = (days.length - 1 - index) % step === 0 && x(index) > LEFT + 8;
    const isAtEdge = index === days.length - 1 && band < 44;
    const place = { x: isAtEdge ? x(index) + band / 2 : x(index), y: BOTTOM + 22, "text-anchor": isAtEdge ? "end" : "middle" };
    return isNamed ? svg("text", { class: "tick", ...place }, shortDate(date)) : "";
  });
  return svg("g", { "aria-hidden": true }, ...labels);
}

/** One day: the whole height of it can be pointed at. */
export function dayButton(plot, day, index) {
  const { x, y, band, values } = plot;
  const verdict = verdictOf(day.record);
  const middle = x(index);
  const level = values[index] === null ? null : y(values[index]);
  const label = `${longDate(day.date)}: ${description(day)}`;
  return svg(
    "g",
    { class: "day", role: "button", "data-date": day.date, "aria-label": label },
    svg("rect", { class: "band", x: middle - band / 2, y: TOP - 12, width: band, height: BOTTOM - TOP + 12 }),
    svg("line", { class: "cursor", x1: middle, x2: middle, y1: TOP - 12, y2: BOTTOM }),
    ...(level === null ? [] : [marker(verdict, middle, level)]),
  );
}

/** Breached days carry a filled diamond, days at risk a hollow one; others a dot while pointed at. */
function marker(verdict, x, y) {
  if (verdict === "MET") return svg("circle", { class: "dot", cx: x, cy: y, r: 4 });
  return svg("path", { class: `marker ${verdict.toLowerCase()}`, d: diamond(x, y, MARKER) });
}

/** Path of a diamond around a point. */
export const diamond = (x, y, half) => `M${x} ${y - half}L${x + half} ${y}L${x} ${y + half}L${x - half} ${y}Z`;
