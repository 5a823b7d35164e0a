// All figures of the range as a table, for screen readers and for exact values.

import { mediumDate } from "./days.js";
import { element } from "./dom.js";
import { downSeconds, verdictOf } from "./record.js";
import { downtime, percentage, unknown, VERDICTS } from "./words.js";

const HEADINGS = ["Day", "Availability", "Target", "Downtime", "Verdict"];

/** @param {import("./chart.js").Day[]} days shown latest first */
export function showTable(host, days) {
  const head = element("tr", {}, ...HEADINGS.map((name) => element("th", { scope: "col" }, name)));
  const rows = days.toReversed().map(row);
  host.replaceChildren(element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows)));
}

function row({ date, record }) {
  const verdict = verdictOf(record);
  const isMeasured = verdict !== "UNDETERMINED";
  const figures = isMeasured
    ? [percentage(record.compliance_percentage), percentage(record.target_percentage), downtime(downSeconds(record))]
    : ["–", record ? percentage(record.target_percentage) : "–", "–"];
  const doubt = unknown(record);
  const note = doubt === null ? "" : element("span", { class: "quiet" }, ` ${doubt}`);
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, mediumDate(date)),
    ...figures.map((figure) => element("td", {}, figure)),
    element("td", {}, element("span", { class: `verdict ${verdict.toLowerCase()}` }, VERDICTS[verdict]), note),
  );
}
