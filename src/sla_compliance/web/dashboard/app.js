// The page: the choice of range and maintenance, the records in answer to it, and which of five views is visible.

import { fetchCompliance, Problem } from "./api.js";
import { showCards, showLegend } from "./cards.js";
import { showChart } from "./chart.js";
import { download } from "./csv.js";
import { openDay } from "./day.js";
import { calendar, dateSpan } from "./days.js";
import { byId, element } from "./dom.js";
import { isUnmeasured } from "./record.js";
import { summarize } from "./summary.js";
import { showTable } from "./table.js";
import { forget, remember, takeFromFragment, token } from "./token.js";
import { percentage, quantity, rangeVerdictWords } from "./words.js";

const VIEWS = ["loading", "ready", "empty", "failed", "sign-in"];
const RANGES = ["7", "30", "90"];

let records = [];
let chart = null;
let request = new AbortController();
let dayRequest = new AbortController();

async function load() {
  request.abort();
  request = new AbortController();
  const { signal } = request;
  closeDay();
  byId("sample").hidden = true;
  byId("period").textContent = `Last ${currentChoice().days} days`;
  show("loading", "Loading");
  try {
    receive(await fetchCompliance(currentChoice(), signal));
  } catch (error) {
    if (!signal.aborted) fail(error);
  }
}

function receive(answer) {
  records = answer.records;
  byId("sample").hidden = !answer.isSample;
  byId("download").disabled = answer.isSample;
  if (records.every(isUnmeasured)) return show("empty", "No data yet");
  const days = calendar(records, currentChoice().days);
  const summary = { ...summarize(records), ...answer.verdict };
  show("ready", announcement(days, summary));
  showFigures(days, summary);
}

function showFigures(days, summary) {
  const latestRecord = records.at(-1);
  byId("period").textContent = [dateSpan(days[0].date, days.at(-1).date), latestRecord.zone].filter(Boolean).join(" · ");
  showCards(byId("cards"), summary);
  chart = showChart(byId("chart"), { days, target: summary.target }, open);
  showLegend(byId("legend"), days, summary.target);
  showTable(byId("figures"), days);
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
  const { availability, breachedDays } = summary;
  const share = availability === null ? "no availability measured" : `availability ${percentage(availability)}`;
  const facts = [share, rangeVerdictWords(summary).toLowerCase(), quantity(breachedDays, "breached day")];
  return `${quantity(days.length, "day")}: ${facts.join(", ")}`;
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

function show(view, message) {
  for (const name of VIEWS) byId(name).hidden = name !== view;
  byId("main").setAttribute("aria-busy", view === "loading");
  byId("controls").inert = view === "sign-in";
  byId("status").textContent = message;
}

function open(day) {
  closeDay();
  dayRequest = new AbortController();
  chart.select(day.date);
  openDay(byId("day"), day, {
    excludeMaintenance: currentChoice().excludeMaintenance,
    signal: dayRequest.signal,
    onClose: () => leaveDay(day),
    onRefused: askForToken,
  });
}

function closeDay() {
  dayRequest.abort();
  byId("day").hidden = true;
  chart?.select(null);
}

function leaveDay(day) {
  closeDay();
  byId("chart").querySelector(`[data-date="${day.date}"]`).focus();
}

function currentChoice() {
  const days = Number(new FormData(byId("controls")).get("days"));
  return { days, excludeMaintenance: byId("exclude-maintenance").checked };
}

/** Keeps the choice in the address, so that a reload or a shared link shows the same. */
function keepChoice() {
  const { days, excludeMaintenance } = currentChoice();
  history.replaceState(null, "", `?days=${days}&exclude_maintenance=${excludeMaintenance}`);
}

function restoreChoice() {
  const query = new URLSearchParams(location.search);
  const days = RANGES.includes(query.get("days")) ? query.get("days") : "30";
  byId("controls").elements.days.value = days;
  byId("exclude-maintenance").checked = query.get("exclude_maintenance") !== "false";
}

byId("controls").addEventListener("change", () => {
  keepChoice();
  load();
});
byId("retry").addEventListener("click", load);
byId("other-token").addEventListener("click", () => askForToken(new Problem(401, "", "Paste another one.")));
byId("download").addEventListener("click", () => download(records));
byId("day").addEventListener("keydown", (event) => event.key === "Escape" && byId("day").querySelector("button").click());
byId("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  remember(byId("token").value.trim());
  byId("token").value = "";
  load();
});
addEventListener("hashchange", () => takeFromFragment() && load());

takeFromFragment();
restoreChoice();
load();
