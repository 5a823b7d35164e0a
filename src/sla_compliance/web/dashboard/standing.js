// How the tenant stands: what is left of the month's error budget and until when, and this week beside the last one.

import { fetchBudget, fetchTrend, Problem } from "./api.js";
import { clockOf, dateOf, monthName, weekdayDate } from "./days.js";
import { byId, element } from "./dom.js";
import { downtime, duration, totalSeconds } from "./lengths.js";
import { percentage, points } from "./locale.js";
import { downSeconds } from "./record.js";
import { rangeVerdictWords, shareOf, verdictClass } from "./words.js";

const TITLES = ["Error budget", "Week beside week"];
const NOTHING = "–";

/** Fetches and shows both; a part that the server does not have is left out, one that it cannot tell now says so. */
export async function showStanding(choice, signal) {
  const fetched = await Promise.all([orProblem(fetchBudget(choice, signal)), orProblem(fetchTrend(choice, signal))]);
  const parts = [budgetPart, weekPart].flatMap((show, index) => partOf(show, TITLES[index], fetched[index]));
  byId("standing").replaceChildren(...parts);
  byId("standing").hidden = parts.length === 0;
}

/** The answer, or what kept the server from it; for want of a token all else fails, too. */
const orProblem = (answer) =>
  answer.catch((error) => {
    if (error instanceof Problem && error.status !== 401) return error;
    throw error;
  });

function partOf(show, title, answer) {
  if (answer === null) return [];
  if (answer instanceof Problem) return [part(element("h2", {}, title), element("p", { class: "quiet" }, `${answer.message}. ${answer.detail}`))];
  return show(answer);
}

export const hideStanding = () => (byId("standing").hidden = true);

function budgetPart(budget) {
  const words = rangeVerdictWords({ verdict: budget.state, isConfirmed: budget.is_confirmed });
  // What is spent and what is left add up to what is allowed, as they are shown.
  const allowed = Math.floor(budget.allowed_seconds);
  const spent = totalSeconds([budget.spent_seconds]);
  const left = allowed - spent;
  const share = left < 0 || budget.remaining_percentage === null ? "" : percentage(budget.remaining_percentage, 2);
  const head = element("h2", {}, `${TITLES[0]} of ${monthName(budget.period)}`);
  const amount = left < 0 ? `${duration(-left)} overspent` : `${duration(left)} left`;
  return [
    part(
      element("div", { class: "standing-head" }, head, element("span", { class: verdictClass(words) }, words)),
      element("p", { class: "amount" }, amount, " ", unit(share)),
      meter(spent, allowed),
      element("p", { class: "note" }, `${downtime(spent, budget.spent_seconds)} of ${duration(allowed)} spent. `, ...deadline(budget), ...asOf(budget)),
    ),
  ];
}

/** The budget is measured on request, the days of the page every few minutes: during an outage they differ. */
const asOf = ({ as_of: instant }) => (instant ? [` As of ${clockOf(instant)}.`] : []);

/** What must happen until when, so that the month is met. */
function deadline({ state, deadline: instant, down_since: downSince }) {
  const downNow = downSince === null ? [] : [`Down since ${weekdayDate(dateOf(downSince))}, ${clockOf(downSince)}. `];
  if (state === "BREACHED") return [...downNow, "The month cannot be met any more."];
  if (instant === null) return [...downNow, state === "UNDETERMINED" ? "Nothing was measured yet." : "No single outage can break the month any more."];
  const time = element("time", { datetime: instant }, `${weekdayDate(dateOf(instant))}, ${instant.slice(11, 19)}`);
  if (downSince !== null) return [...downNow, "Restore by ", time, "."];
  return ["An outage that began now would break the month at ", time, "."];
}

function meter(spent, allowed) {
  const share = allowed > 0 ? Math.min(spent / allowed, 1) : Number(spent > 0);
  const bar = element("meter", { class: "visually-hidden", min: 0, max: 100, value: Math.round(share * 100), "aria-label": "Error budget spent" });
  const track = element("span", { class: share >= 1 ? "budget spent" : "budget", "aria-hidden": true }, element("span", { class: "budget-spent" }));
  // Not a style attribute, which the content policy forbids.
  track.firstChild.style.width = `${share * 100}%`;
  return element("div", {}, bar, track);
}

/** The week in progress, or the latest one, beside the one before it. */
function weekPart(trend) {
  const change = trend.findLast(({ before }) => before !== null);
  if (change === undefined) return [];
  const { record, before, points: difference, is_to_date: isToDate } = change;
  const names = isToDate ? ["This week to date", "Last week to the same hour"] : ["The latest week", "The week before"];
  const body = element("tbody", {}, ...[record, before].map((week, index) => weekRow(names[index], week)));
  const amount = difference === null ? ["No comparison"] : [points(difference), " ", unit("percentage points")];
  return [
    part(
      element("div", { class: "standing-head" }, element("h2", {}, TITLES[1])),
      element("p", { class: "amount" }, ...amount),
      element("table", { class: "weeks" }, element("caption", { class: "visually-hidden" }, "Weeks compared"), body),
    ),
  ];
}

function weekRow(name, week) {
  const isMeasured = week.compliance_percentage !== null;
  const share = isMeasured ? shareOf(week) : NOTHING;
  const down = isMeasured ? `${downtime(totalSeconds([downSeconds(week)]))} down` : "No data";
  return element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, share), element("td", {}, down));
}

const unit = (text) => element("span", { class: "unit" }, text);
const part = (...children) => element("section", { class: "panel standing-part" }, ...children);
