// All figures of the range as a table, for screen readers, for exact values and for paper. Its downtime sums to the total.

import { mediumDate } from "./days.js";
import { element } from "./dom.js";
import { downtime } from "./lengths.js";
import { decimalsOf, percentage } from "./locale.js";
import { verdictOf } from "./record.js";
import { rangeVerdictWords, shareOf, unknown, verdictClass, VERDICTS } from "./words.js";

const HEADINGS = ["Day", "Availability", "Target", "Downtime", "Verdict"];
const NOTHING = "–";

/**
 * @param {import("./days.js").Day[]} days shown latest first; those to come are left out
 * @param {ReturnType<import("./summary.js").summarize> & import("./api.js").RangeVerdict} summary
 */
export function showTable(host, days, summary) {
  const head = element("tr", {}, ...HEADINGS.map((name) => element("th", { scope: "col" }, name)));
  const rows = days.filter(({ isToCome }) => !isToCome).toReversed().map(row);
  host.replaceChildren(
    element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows), element("tfoot", {}, totals(summary))),
  );
}

function row({ date, record, downSeconds }) {
  const verdict = verdictOf(record);
  const isMeasured = verdict !== "UNDETERMINED";
  const figures = isMeasured
    ? [shareOf(record), percentage(record.target_percentage), downtime(downSeconds, record.downtime_seconds)]
    : [NOTHING, record ? percentage(record.target_percentage) : NOTHING, NOTHING];
  const notes = [unknown(record), record?.is_in_totals === false ? "not in the total" : null].filter((note) => note !== null);
  return line(mediumDate(date), figures, VERDICTS[verdict], notes.join(", "));
}

function totals(summary) {
  const { availability, target, downSeconds } = summary;
  const share = availability === null ? NOTHING : percentage(availability, decimalsOf(availability, target));
  return line("Total", [share, percentage(target), downtime(downSeconds)], rangeVerdictWords(summary), "");
}

function line(name, figures, words, note) {
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, name, note && element("span", { class: "quiet" }, ` ${note}`)),
    ...figures.map((figure) => element("td", {}, figure)),
    element("td", {}, element("span", { class: verdictClass(words) }, words)),
  );
}
