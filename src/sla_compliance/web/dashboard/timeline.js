// One local day from its first to its last instant, 23, 24 or 25 hours of it: what was owed, and its outages. What counts
// as downtime has the alarm colour; an outage that is excused, or in time that does not count, is grey.

import { drawToWidth, element, svg } from "./dom.js";
import { quantity } from "./words.js";

const HEIGHT = 84;
const LANE = { y: 26, height: 28 };
const SMALLEST = 3;
const NUMBER_ROOM = 18;
const WIDE = 560;
const LETTER_WIDTH = 7;
// The stretches of the lane that are no plain agreed time: by what was owed, else by what was the case.
const STRETCHES = {
  MAINTENANCE: "Maintenance",
  EXCLUDED: "Agreed exclusion",
  OUT_OF_HOURS: "Outside service hours",
  NOT_IN_SERVICE: "Not in service",
  UNKNOWN: "Not monitored",
  NOT_YET: "Still to come",
};
const OUTAGE_STATES = ["DOWN", "EXCUSED_MAINTENANCE", "EXCUSED_OTHER"];

/**
 * @param {ReturnType<import("./clock.js").dayClock>} clock
 * @param {import("./api.js").Incident[]} incidents numbered from 1, as in the list below
 * @param {import("./api.js").Stretch[]} [stretches] of the whole day; older servers send none
 */
export function showTimeline(host, clock, incidents, stretches = []) {
  const label = `${clock.hours} hours, ${quantity(incidents.length, "incident")}`;
  const frame = element("div", { class: "timeline-picture" });
  host.replaceChildren(frame, legend(incidents, stretches));
  drawToWidth(frame, (width) => {
    const size = { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}` };
    const picture = svg("svg", { class: "timeline", role: "img", "aria-label": label, ...size });
    const lane = svg("rect", { class: "lane", width, rx: 6, ...LANE });
    picture.append(pattern(), lane, ...bands(clock, incidents, stretches, width), ...hours(clock, width), ...bars(clock, incidents, stretches, width));
    frame.replaceChildren(picture);
  });
}

function pattern() {
  const place = { id: "lane-hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" };
  return svg("defs", {}, svg("pattern", place, svg("line", { class: "hatch", y2: 6 })));
}

const kindOf = ({ scope, state }) => (scope === "AGREED" ? state : scope);
const isDown = ({ counts, state }) => counts === "down" && OUTAGE_STATES.includes(state);

/** Neighbouring stretches of one kind are one band: outages within maintenance do not divide it. */
function joined(stretches) {
  const list = [];
  for (const stretch of stretches) {
    const kind = kindOf(stretch);
    if (list.at(-1)?.kind === kind && list.at(-1).end === stretch.start) list.at(-1).end = stretch.end;
    else list.push({ kind, start: stretch.start, end: stretch.end });
  }
  return list.filter(({ kind }) => kind in STRETCHES);
}

function bands(clock, incidents, stretches, width) {
  const outages = incidents.map((incident) => extent(clock, incident, width));
  return joined(stretches).flatMap(({ kind, start, end }) => {
    const [from, to] = [start, end].map((instant) => clock.share(Date.parse(instant)) * width);
    const name = STRETCHES[kind];
    const place = { x: (from + to) / 2, y: LANE.y + LANE.height / 2, dy: "0.35em", "text-anchor": "middle" };
    const box = { class: `stretch ${kind.toLowerCase()}`, x: from, width: Math.max(to - from, 1), ...LANE };
    const half = (name.length * LETTER_WIDTH) / 2;
    const isCovered = outages.some(([left, right]) => left < place.x + half && right > place.x - half);
    const hasRoom = kind !== "NOT_YET" && to - from > 2 * half && !isCovered;
    const band = svg("rect", kind === "UNKNOWN" ? { ...box, fill: "url(#lane-hatch)" } : box);
    return hasRoom ? [band, svg("text", { class: "stretch-name", ...place }, name)] : [band];
  });
}

function hours(clock, width) {
  return clock.marks(width < WIDE ? 6 : 3).flatMap(({ share, label }) => mark(share * width, label, width));
}

function mark(x, label, width) {
  const anchor = x === 0 ? "start" : x > width - 24 ? "end" : "middle";
  const tick = Math.min(Math.max(x, 0.5), width - 0.5);
  return [
    svg("line", { class: "grid", x1: tick, x2: tick, y1: LANE.y + LANE.height, y2: LANE.y + LANE.height + 5 }),
    svg("text", { class: "tick", x, y: HEIGHT - 10, "text-anchor": anchor }, label),
  ];
}

function bars(clock, incidents, stretches, width) {
  const counted = stretches.filter(isDown);
  let nextFreeX = -Infinity;
  return incidents.flatMap((incident, index) => {
    const [from, to] = extent(clock, incident, width);
    const middle = (from + to) / 2;
    const hasRoom = middle - NUMBER_ROOM / 2 >= nextFreeX;
    if (hasRoom) nextFreeX = middle + NUMBER_ROOM / 2;
    const isCounted = incident.downtime_seconds > 0;
    // Without stretches an outage of which anything counts has that colour throughout.
    const parts = stretches.length === 0 ? [] : counted.filter((part) => meets(part, incident, clock));
    const isPartial = isCounted && parts.length > 0;
    const box = (x, end, excused) => bar(x, end, incident.end === null, excused);
    return [
      box(from, to, !isCounted || isPartial),
      ...(isPartial ? parts.map((part) => box(...extent(clock, part, width), false)) : []),
      hasRoom ? number(middle, width, index + 1, isCounted) : "",
    ];
  });
}

const bar = (from, to, isOpen, isExcused) =>
  svg("rect", { class: `outage${isOpen ? " open" : ""}${isExcused ? " excused" : ""}`, x: from, width: to - from, rx: 2, ...LANE });

const number = (x, width, text, isCounted) =>
  svg("text", { class: isCounted ? "number" : "number excused", x: clampX(x, width), y: 16, "text-anchor": "middle" }, text);

/** Whether a stretch lies within an incident. */
function meets(stretch, incident, clock) {
  const end = incident.end === null ? clock.to : Date.parse(incident.end);
  return Date.parse(stretch.start) < end && Date.parse(stretch.end) > Date.parse(incident.start);
}

/** Start and end in pixels. An outage of seconds stays visible; an ongoing one ends now, or with the day. */
function extent(clock, { start, end }, width) {
  const until = end === null ? Math.min(Date.now(), clock.to) : Date.parse(end);
  const [from, to] = [Date.parse(start), until].map((instant) => clock.share(instant) * width);
  const length = Math.max(to - from, SMALLEST);
  const left = Math.min(from, width - length);
  return [left, left + length];
}

const clampX = (x, width) => Math.min(Math.max(x, 5), width - 5);

/** Names what the colours stand for, where there is more than one to tell apart. */
function legend(incidents, stretches) {
  const counted = incidents.some((incident) => incident.downtime_seconds > 0);
  const excused = incidents.some((incident) => incident.downtime_seconds < incident.duration_seconds && hasUncounted(incident, stretches));
  const kinds = new Set(joined(stretches).map(({ kind }) => kind));
  const swatch = (name) => svg("svg", { width: 18, height: 12, "aria-hidden": true }, svg("rect", { class: name, width: 18, height: 12, rx: 2 }));
  const hatched = svg("svg", { width: 18, height: 12, "aria-hidden": true }, svg("rect", { fill: "url(#lane-hatch)", width: 18, height: 12 }));
  const entries = [
    [counted, "Counts as downtime", swatch("outage")],
    [excused, "Outage that does not count", swatch("outage excused")],
    ...Object.entries(STRETCHES).map(([kind, name]) => [
      kinds.has(kind),
      name,
      kind === "UNKNOWN" ? hatched : swatch(`stretch ${kind.toLowerCase()}`),
    ]),
  ].filter(([isShown]) => isShown);
  const items = entries.map(([, name, picture]) => element("li", {}, picture, name));
  return items.length > 0 ? element("ul", { class: "legend", "aria-label": "Legend of the day" }, ...items) : "";
}

/** Whether some of an incident is excused, or outside of what counts, on this day. */
function hasUncounted(incident, stretches) {
  if (stretches.length === 0) return incident.downtime_seconds === 0;
  const [from, to] = [Date.parse(incident.start), incident.end === null ? Infinity : Date.parse(incident.end)];
  return stretches.some(
    (stretch) => OUTAGE_STATES.includes(stretch.state) && !isDown(stretch) && Date.parse(stretch.start) < to && Date.parse(stretch.end) > from,
  );
}
