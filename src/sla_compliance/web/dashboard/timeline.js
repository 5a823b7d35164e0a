// One local day from its first to its last instant, 23, 24 or 25 hours of it, with its incidents.

import { drawToWidth, svg } from "./dom.js";
import { quantity } from "./words.js";

const HEIGHT = 84;
const LANE = { y: 26, height: 28 };
const SMALLEST = 3;
const NUMBER_ROOM = 18;
const WIDE = 560;

/**
 * @param {ReturnType<import("./clock.js").dayClock>} clock
 * @param {import("./api.js").Incident[]} incidents numbered from 1, as in the list below
 */
export function showTimeline(host, clock, incidents) {
  const label = `${clock.hours} hours, ${quantity(incidents.length, "incident")}`;
  drawToWidth(host, (width) => {
    const picture = svg("svg", { class: "timeline", width, height: HEIGHT, role: "img", "aria-label": label });
    picture.append(svg("rect", { class: "lane", width, rx: 6, ...LANE }), ...hours(clock, width), ...bars(clock, incidents, width));
    host.replaceChildren(picture);
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

function bars(clock, incidents, width) {
  let nextFreeX = -Infinity;
  return incidents.flatMap((incident, index) => {
    const [from, to] = extent(clock, incident, width);
    const middle = (from + to) / 2;
    const hasRoom = middle - NUMBER_ROOM / 2 >= nextFreeX;
    if (hasRoom) nextFreeX = middle + NUMBER_ROOM / 2;
    const isOpen = incident.end === null;
    return [
      svg("rect", { class: isOpen ? "outage open" : "outage", x: from, width: to - from, rx: 2, ...LANE }),
      hasRoom ? svg("text", { class: "number", x: clampX(middle, width), y: 16, "text-anchor": "middle" }, index + 1) : "",
    ];
  });
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
