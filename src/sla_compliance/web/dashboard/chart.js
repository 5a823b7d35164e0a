// The availability chart, as wide as the page. Each day is a button, reached by mouse, touch or arrow keys; the Tab key
// stops at the chart once.

import { drawToWidth, element, svg } from "./dom.js";
import { background, dayButton, geometry, HEIGHT } from "./picture.js";
import { createTooltip } from "./tooltip.js";

const STEPS = { ArrowLeft: -1, ArrowRight: 1, PageUp: -7, PageDown: 7, Home: -Infinity, End: Infinity };
const LABEL = "Availability of each day; arrow keys move";

/** @typedef {{date: string, record: import("./api.js").ComplianceRecord | null}} Day */

/**
 * @param {HTMLElement} host its content is replaced
 * @param {{days: Day[], target: number}} data
 * @param {(day: Day) => void} onOpen a day was clicked, or Enter or Space pressed on it
 * @returns {{select: (date: string | null) => void}} marks the day whose incidents are open
 */
export function showChart(host, data, onOpen) {
  const frame = element("div", { class: "chart-frame" });
  const chart = { ...data, frame, onOpen, current: data.days.length - 1, selected: null };
  host.replaceChildren(frame);
  drawToWidth(frame, (width) => draw(chart, width));
  return {
    select(date) {
      chart.selected = date;
      mark(chart);
    },
  };
}

function draw(chart, width) {
  const { days, target, frame } = chart;
  const plot = geometry(days, target, width);
  const groups = days.map((day, index) => dayButton(plot, day, index));
  const tooltip = createTooltip(frame, width);
  const picture = svg("svg", { class: "plot", width, height: HEIGHT, role: "group", "aria-label": LABEL });
  picture.append(...background(plot), ...groups);
  listenToPointer(picture, chart, groups, plot, tooltip);
  listenToKeys(picture, chart, groups, tooltip);
  frame.replaceChildren(picture, tooltip.node);
  mark(chart);
}

/** One day can be reached by Tab, one may be open. */
function mark({ frame, days, current, selected }) {
  frame.querySelectorAll(".day").forEach((group, index) => {
    group.setAttribute("tabindex", index === current ? 0 : -1);
    group.setAttribute("aria-pressed", days[index].date === selected);
  });
}

function listenToPointer(picture, chart, groups, plot, tooltip) {
  const indexOf = (event) => groups.indexOf(event.target.closest(".day"));
  const point = (event) => {
    const index = indexOf(event);
    if (index < 0) tooltip.hide();
    else tooltip.show(chart.days[index], plot.x(index), plot.y(plot.values[index] ?? 100));
  };
  picture.addEventListener("pointerover", point);
  picture.addEventListener("pointerleave", tooltip.hide);
  picture.addEventListener("focusout", tooltip.hide);
  picture.addEventListener("focusin", (event) => {
    chart.current = indexOf(event);
    mark(chart);
    point(event);
  });
  picture.addEventListener("click", (event) => indexOf(event) >= 0 && chart.onOpen(chart.days[indexOf(event)]));
}

function listenToKeys(picture, chart, groups, tooltip) {
  picture.addEventListener("keydown", (event) => {
    if (event.key === "Escape") tooltip.hide();
    else if (event.key === "Enter" || event.key === " ") chart.onOpen(chart.days[chart.current]);
    else if (event.key in STEPS) groups[clampIndex(chart.current + STEPS[event.key], groups.length)].focus();
    else return;
    event.preventDefault();
  });
}

const clampIndex = (index, count) => Math.min(Math.max(index, 0), count - 1);
