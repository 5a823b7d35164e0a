// The availability chart, as wide as the page. Each day is a button, reached by mouse, touch or arrow keys; the Tab key
// stops at the chart once.

import { drawToWidth, element, svg } from "./dom.js";
import { background, dayButton, geometry, HEIGHT } from "./picture.js";
import { createTooltip } from "./tooltip.js";

const STEPS = { ArrowLeft: -1, ArrowRight: 1, PageUp: -7, PageDown: 7, Home: -Infinity, End: Infinity };
const LABEL = "Availability of each day; arrow keys move";

/**
 * @param {HTMLElement} host its content is replaced
 * @param {(day: import("./days.js").Day) => void} onOpen a day was clicked, or Enter or Space pressed on it
 * @returns {{show: (data: {days: import("./days.js").Day[], target: number}) => void, select: (date: ?string) => void}}
 *   `select` marks the day whose incidents are open
 */
export function createChart(host, onOpen) {
  const frame = element("div", { class: "chart-frame" });
  const chart = { days: [], frame, onOpen, current: 0, selected: null, width: 0 };
  host.replaceChildren(frame);
  drawToWidth(frame, (width) => {
    chart.width = width;
    if (chart.days.length > 0) draw(chart);
  });
  return {
    show(data) {
      const date = chart.buttons?.[chart.current]?.date;
      Object.assign(chart, data, { buttons: data.days.filter(({ isToCome }) => !isToCome) });
      const index = chart.buttons.findIndex((day) => day.date === date);
      chart.current = index < 0 ? chart.buttons.length - 1 : index;
      if (chart.width > 0) draw(chart);
    },
    select(date) {
      chart.selected = date;
      mark(chart);
    },
  };
}

function draw(chart) {
  const { days, buttons, target, frame, width } = chart;
  const hasFocus = frame.contains(document.activeElement);
  const plot = geometry(days, target, width);
  const groups = buttons.map((day) => dayButton(plot, day, days.indexOf(day)));
  const tooltip = createTooltip(frame, width);
  const size = { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}` };
  const picture = svg("svg", { class: "plot", role: "group", "aria-label": LABEL, ...size });
  picture.append(...background(plot), ...groups);
  listenToPointer(picture, chart, groups, plot, tooltip);
  listenToKeys(picture, chart, groups, tooltip);
  frame.replaceChildren(picture, tooltip.node);
  mark(chart);
  if (hasFocus) groups[chart.current].focus({ preventScroll: true });
}

/** One day can be reached by Tab, one may be open. */
function mark({ frame, buttons, current, selected }) {
  frame.querySelectorAll(".day").forEach((group, index) => {
    group.setAttribute("tabindex", index === current ? 0 : -1);
    group.setAttribute("aria-pressed", buttons[index].date === selected);
  });
}

function listenToPointer(picture, chart, groups, plot, tooltip) {
  const indexOf = (event) => groups.indexOf(event.target.closest(".day"));
  const point = (event) => {
    const day = chart.buttons[indexOf(event)];
    const index = chart.days.indexOf(day);
    if (index < 0) tooltip.hide();
    else tooltip.show(day, plot.x(index), plot.y(plot.values[index] ?? 100));
  };
  picture.addEventListener("pointerover", point);
  picture.addEventListener("pointerleave", tooltip.hide);
  picture.addEventListener("focusout", tooltip.hide);
  picture.addEventListener("focusin", (event) => {
    chart.current = indexOf(event);
    mark(chart);
    point(event);
  });
  picture.addEventListener("click", (event) => indexOf(event) >= 0 && chart.onOpen(chart.buttons[indexOf(event)]));
}

function listenToKeys(picture, chart, groups, tooltip) {
  picture.addEventListener("keydown", (event) => {
    if (event.key === "Escape") tooltip.hide();
    else if (event.key === "Enter" || event.key === " ") chart.onOpen(chart.buttons[chart.current]);
    else if (event.key in STEPS) groups[clampIndex(chart.current + STEPS[event.key], groups.length)].focus();
    else return;
    event.preventDefault();
  });
}

const clampIndex = (index, count) => Math.min(Math.max(index, 0), count - 1);
