// The card that follows the day pointed at. The label of the day's button has the same content for screen readers.

import { longDate } from "./days.js";
import { element } from "./dom.js";
import { downtime } from "./lengths.js";
import { percentage } from "./locale.js";
import { verdictOf } from "./record.js";
import { shareOf, unknown, unmeasuredWords, VERDICTS } from "./words.js";

const GAP = 14;

/** @param {HTMLElement} host positioned; the card stays within its `width` */
export function createTooltip(host, width) {
  const node = element("div", { class: "tooltip", "aria-hidden": true });
  node.hidden = true;

  const show = (day, x, y) => {
    node.replaceChildren(...content(day));
    node.hidden = false;
    const fitsRight = x + GAP + node.offsetWidth <= width;
    const left = fitsRight ? x + GAP : Math.max(0, x - GAP - node.offsetWidth);
    node.style.translate = `${left}px ${Math.max(0, Math.min(y + GAP, host.clientHeight - node.offsetHeight - 40))}px`;
  };

  return { node, show, hide: () => (node.hidden = true) };
}

function content({ date, record, downSeconds }) {
  const verdict = verdictOf(record);
  const title = element("p", { class: "tooltip-date" }, longDate(date));
  if (verdict === "UNDETERMINED") return [title, element("p", {}, unmeasuredWords(record))];
  return [
    title,
    element("p", { class: "tooltip-value" }, shareOf(record)),
    element("p", { class: `verdict ${verdict.toLowerCase()}` }, VERDICTS[verdict]),
    element("dl", {}, ...row("Target", percentage(record.target_percentage)), ...row("Downtime", downtime(downSeconds, record.downtime_seconds))),
    ...(unknown(record) === null ? [] : [element("p", {}, unknown(record))]),
  ];
}

const row = (name, value) => [element("dt", {}, name), element("dd", {}, value)];
