// The resources that cost the most: a table of those with the lowest availability in the range.

import { fetchResources } from "./api.js";
import { byId, element } from "./dom.js";
import { downtime, totalSeconds } from "./lengths.js";
import { decimalsOf, integer, percentage } from "./locale.js";
import { rangeVerdictWords, shareOf, verdictClass } from "./words.js";

const FEWEST = 10;
const MOST = 100;
const HEADINGS = ["Resource", "Availability", "Target", "Downtime", "Verdict"];

let limit = FEWEST;
let observer = null;

/**
 * Shows the table for a range once it comes into view, for the server reads every row for it.
 * @param {Record<string, string>} range
 * @param {{excludeMaintenance: boolean}} choice
 * @param {{signal: AbortSignal, onFailure: (error: Error) => void}} options
 */
export function showResourcesInView(range, choice, { signal, onFailure }) {
  observer?.disconnect();
  limit = FEWEST;
  byId("resources").hidden = false;
  byId("resources").setAttribute("aria-busy", true);
  byId("resources-body").replaceChildren(element("p", { class: "quiet" }, "Loading"));
  const load = async () => {
    try {
      show(await fetchResources(range, choice, limit, signal), load);
      byId("resources").setAttribute("aria-busy", false);
    } catch (error) {
      if (error.name === "AbortError") return;
      if (error.status === undefined || error.status === 401) return onFailure(error);
      byId("resources-body").replaceChildren(failure(error, load));
    }
  };
  observer = new IntersectionObserver((entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    observer.disconnect();
    load();
  });
  observer.observe(byId("resources"));
}

export function hideResources() {
  observer?.disconnect();
  byId("resources").hidden = true;
}

function failure(problem, retry) {
  const button = element("button", { class: "button", type: "button" }, "Try again");
  button.addEventListener("click", retry);
  return element("div", { class: "inline-failure", role: "alert" }, element("p", {}, `${problem.message}. ${problem.detail}`), button);
}

function show(answer, load) {
  if (answer === null) return hideResources();
  const { resources, total } = answer;
  if (resources.length === 0) {
    byId("resources-body").replaceChildren(element("p", { class: "quiet" }, "No resource had an outage in this range."));
    return;
  }
  const head = element("tr", {}, ...HEADINGS.map((name) => element("th", { scope: "col" }, name)));
  const table = element("table", {}, element("thead", {}, head), element("tbody", {}, ...resources.map(row)));
  const isCut = total > resources.length;
  const count = element("span", {}, `${integer(resources.length)} of ${integer(total)}`);
  const frame = element("div", { class: "wide-table", tabindex: 0, role: "region", "aria-label": "Table of the worst resources" }, table);
  const hadFocus = byId("resources-body").contains(document.activeElement);
  byId("resources-body").replaceChildren(frame, element("p", { class: "table-foot quiet" }, count, isCut && limit < MOST ? more(load) : ""));
  // The button that was pressed is gone; its table takes the focus.
  if (hadFocus) frame.focus({ preventScroll: true });
}

function more(load) {
  const button = element("button", { class: "button", type: "button" }, `Show ${integer(MOST)}`);
  button.addEventListener("click", () => {
    limit = MOST;
    load();
  });
  return button;
}

function row(resource) {
  const words = rangeVerdictWords({ verdict: resource.verdict, isConfirmed: resource.is_confirmed });
  const { target_percentage: target, downtime_seconds: seconds } = resource;
  const figures = [shareOf(resource), percentage(target, decimalsOf(target)), downtime(totalSeconds([seconds]))];
  return element(
    "tr",
    {},
    element("th", { scope: "row", class: "name" }, resource.resource_id ?? "Alarms that name none"),
    ...figures.map((figure) => element("td", {}, figure)),
    element("td", {}, element("span", { class: verdictClass(words) }, words)),
  );
}
