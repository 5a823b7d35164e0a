// The page: the choice of range and maintenance, the records in answer to it, and which of five views is visible.

import { fetchCompliance, Problem } from "./api.js";
import { showCards, showLegend } from "./cards.js";
import { createChart } from "./chart.js";
import { currentChoice, datesQuery, keepChoice, keepOneRange, rangeName, rangeOf, rangeQuery, reportQuery, restoreChoice } from "./choice.js";
import { download } from "./csv.js";
import { openDay } from "./day.js";
import { calendar, clockOf, dateSpan } from "./days.js";
import { byId, element } from "./dom.js";
import { showDoubts } from "./doubts.js";
import { decimalsOf, percentage } from "./locale.js";
import { showAge } from "./notices.js";
import { isUnmeasured } from "./record.js";
import { refreshRegularly } from "./refresh.js";
import { enableReportButtons, showReportButtons } from "./report.js";
import { hideResources, showResourcesInView } from "./resources.js";
import { hideStanding, showStanding } from "./standing.js";
import { summarize } from "./summary.js";
import { showTable } from "./table.js";
import { restoreTenant, showOverview, showTenants } from "./tenants.js";
import { forget, remember, takeFromFragment, token } from "./token.js";
import { quantity, rangeVerdictWords } from "./words.js";

const VIEWS = ["loading", "ready", "empty", "failed", "sign-in"];

let records = [];
let answer = null;
let zone; // of the tenant, once an answer says it
let view = "loading";
let openedDay = null;
let request = new AbortController();
let dayRequest = new AbortController();
const chart = createChart(byId("chart"), open);

/** Shows what is chosen, from a skeleton on. */
async function load() {
  request.abort();
  request = new AbortController();
  const { signal } = request;
  closeDay();
  hideStanding();
  hideResources();
  for (const id of ["sample", "outdated", "doubts-badge"]) byId(id).hidden = true;
  byId("period").textContent = rangeName(currentChoice(), zone);
  show("loading", "Loading");
  try {
    receive(await fetchRange(signal), { isQuiet: false });
  } catch (error) {
    if (signal.aborted) return;
    fail(error);
    // Where the figures of one tenant fail, another one can still be chosen.
    if (!isMereProblem(error)) return;
  }
  try {
    await showBesides(signal);
  } catch (error) {
    // The figures of the range stand, whatever is missing beside them.
    if (!signal.aborted && !isMereProblem(error)) fail(error);
  }
}

/** What the server could not answer, other than for want of a token. */
const isMereProblem = (error) => error instanceof Problem && error.status !== 401;

/** The figures of the chosen range. Which days a month has is known once the tenant's zone is. */
async function fetchRange(signal) {
  const query = rangeQuery(currentChoice(), zone);
  const fetched = await fetchCompliance(query, currentChoice(), signal);
  zone = fetched.records.at(-1)?.zone ?? zone;
  const inZone = rangeQuery(currentChoice(), zone);
  const isOther = JSON.stringify(inZone) !== JSON.stringify(query);
  const answered = isOther ? await fetchCompliance(inZone, currentChoice(), signal) : fetched;
  return { ...answered, isUntilNow: inZone.to_date === undefined, receivedMs: performance.now() };
}

/** What stands beside the figures of the range: older servers have none of it. */
async function showBesides(signal) {
  const query = rangeQuery(currentChoice(), zone);
  const besides = [showTenantsAndOverview(signal)];
  if (view === "ready") {
    showResourcesInView(query, currentChoice(), { signal, onFailure: fail });
    besides.push(showStanding(currentChoice(), signal), showReportButtons(signal));
  }
  await Promise.all(besides);
}

async function showTenantsAndOverview(signal) {
  const count = await showTenants(signal, changeTenant);
  await showOverview(count, datesQuery(currentChoice(), zone), signal, changeTenant);
}

/** Asks again without a skeleton; what is open stays open. What cannot be refreshed stays, and says so. */
async function refresh() {
  if (view !== "ready" && view !== "empty") return;
  const { signal } = request;
  const firstDate = records[0]?.date;
  try {
    receive(await fetchRange(signal), { isQuiet: true });
    // With a new day all else is about other days, too.
    if (records[0]?.date !== firstDate) await showBesides(signal);
    else if (view === "ready") await showStanding(currentChoice(), signal);
  } catch (error) {
    if (signal.aborted) return;
    if (!isMereProblem(error)) return fail(error);
    if (view === "ready") showNotice(error);
  }
}

function receive(newAnswer, { isQuiet }) {
  answer = newAnswer;
  records = answer.records;
  byId("sample").hidden = !answer.isSample;
  byId("download").disabled = answer.isSample;
  if (records.every(isUnmeasured)) return show("empty", "No data yet");
  const days = calendar(records, rangeOf(currentChoice(), zone));
  const summary = { ...summarize(records), ...answer.verdict };
  show("ready", announcement(days, summary), { isQuiet });
  showFigures(days, summary);
  showNotice(null);
  if (isQuiet) refreshDay(days);
}

function showNotice(problem) {
  const { isUntilNow, receivedMs } = answer;
  showAge({ latest: records.at(-1), records, answeredAt: answer.answeredAt }, { isUntilNow, receivedMs, problem });
}

function showFigures(days, summary) {
  const latestRecord = records.at(-1);
  const asOf = latestRecord.as_of && answer.isUntilNow ? `as of ${clockOf(latestRecord.as_of)}` : "";
  const span = dateSpan(days[0].date, days.at(-1).date);
  byId("period").textContent = [span, latestRecord.zone, asOf].filter(Boolean).join(" · ");
  showCards(byId("cards"), summary);
  chart.show({ days, target: summary.target });
  showLegend(byId("legend"), days, summary.target);
  showTable(byId("figures"), days, summary);
  showDoubts(latestRecord.quality?.doubts ?? []);
  byId("method").replaceChildren(...footnotes(latestRecord));
}

/** What to know of the data behind the figures, and how they came about. */
function footnotes({ method }) {
  const quality = new Set(records.flatMap((record) => record.quality?.lines ?? []));
  return [...section("Data quality", [...quality]), ...section("Method", [method].filter(Boolean))];
}

function section(title, sentences) {
  const paragraphs = sentences.map((sentence) => element("p", {}, sentence));
  return paragraphs.length ? [element("h2", {}, title), ...paragraphs] : [];
}

function announcement(days, summary) {
  const { availability, breachedDays, target } = summary;
  const share = availability === null ? "no availability measured" : `availability ${percentage(availability, decimalsOf(availability, target))}`;
  const facts = [share, rangeVerdictWords(summary).toLowerCase(), quantity(breachedDays, "breached day")];
  return `${quantity(days.filter(({ isToCome }) => !isToCome).length, "day")}: ${facts.join(", ")}`;
}

function fail(error) {
  if (!(error instanceof Problem)) throw error;
  if (error.status === 401) return askForToken(error);
  byId("failed-title").textContent = error.message;
  byId("failed-detail").textContent = error.detail;
  byId("other-token").hidden = error.status !== 403;
  show("failed", "");
}

function askForToken(problem) {
  const isRefused = token() !== null;
  forget();
  byId("sign-in-detail").textContent = isRefused
    ? `The token was refused. ${problem.detail}`
    : "This tenant's figures are protected. Paste an access token to see them.";
  show("sign-in", "Access token needed");
  byId("token").focus();
}

function show(name, message, { isQuiet = false } = {}) {
  view = name;
  for (const other of VIEWS) byId(other).hidden = other !== name;
  byId("main").setAttribute("aria-busy", name === "loading");
  byId("controls").inert = name === "sign-in";
  // A refresh that changes nothing is not announced.
  if (!isQuiet || byId("status").textContent !== message) byId("status").textContent = message;
}

function open(day) {
  closeDay();
  dayRequest = new AbortController();
  chart.select(day.date);
  const panel = openDay(byId("day"), day, {
    excludeMaintenance: currentChoice().excludeMaintenance,
    signal: dayRequest.signal,
    onClose: () => leaveDay(day),
    onRefused: askForToken,
  });
  openedDay = { date: day.date, panel };
}

function refreshDay(days) {
  const day = days.find(({ date }) => date === openedDay?.date);
  if (day !== undefined) openedDay.panel.refresh(day);
}

function closeDay() {
  dayRequest.abort();
  openedDay = null;
  byId("day").hidden = true;
  chart.select(null);
}

function leaveDay(day) {
  closeDay();
  byId("chart").querySelector(`[data-date="${day.date}"]`).focus();
}

function changeTenant() {
  zone = undefined;
  load();
}

byId("controls").addEventListener("change", (event) => {
  if (event.target.id === "tenant") return; // tenants.js knows what to do
  keepOneRange(event.target);
  keepChoice();
  load();
});
byId("retry").addEventListener("click", load);
byId("other-token").addEventListener("click", () => askForToken(new Problem(401, "", "Paste another one.")));
byId("download").addEventListener("click", () => download(records));
enableReportButtons(
  () => reportQuery(currentChoice(), zone),
  (error) => error.status === 401 && (askForToken(error), true),
);
byId("day").addEventListener("keydown", (event) => event.key === "Escape" && byId("day").querySelector("button").click());
byId("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  remember(byId("token").value.trim());
  byId("token").value = "";
  load();
});
addEventListener("hashchange", () => takeFromFragment() && load());
// Paper has no button that unfolds: the whole table is printed.
addEventListener("beforeprint", () => (byId("all-figures").open = true));

takeFromFragment();
restoreTenant();
restoreChoice();
load();
refreshRegularly(refresh);
