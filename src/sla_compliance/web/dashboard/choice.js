// What the reader has chosen: the range, whether maintenance is left out, the tenant. It stands in the address, so that
// a reload or a shared link shows the same.

import { dateBefore, lastDateOf, monthAfter, monthName, today } from "./days.js";
import { byId, element } from "./dom.js";

const DEFAULT = "30";
const NAMED_MONTHS = ["this", "last"];
const MONTHS_BACK = 36;
const MONTH = /^\d{4}-(?:0[1-9]|1[0-2])$/;

/**
 * @typedef {object} Choice
 * @property {string} range "7", "30", "90", "this", "last" or a month such as "2025-10"
 * @property {boolean} excludeMaintenance
 */

/** @returns {Choice} */
export function currentChoice() {
  const range = new FormData(byId("controls")).get("range") ?? byId("month").value;
  return { range: range || DEFAULT, excludeMaintenance: byId("exclude-maintenance").checked };
}

/**
 * The days that a choice asks for, as the server's parameters.
 * @param {Choice} choice
 * @param {string} [zone] of the tenant, where it is known
 */
export function rangeQuery({ range }, zone) {
  const month = monthOf(range, zone);
  if (month === null) return { days: range };
  const isInProgress = month === today(zone).slice(0, 7);
  // Without an end the days end with today.
  return isInProgress ? { from_date: `${month}-01` } : { from_date: `${month}-01`, to_date: lastDateOf(month) };
}

/** The same days as a report names them: a month by its name. */
export function reportQuery({ range, excludeMaintenance }, zone) {
  const month = monthOf(range, zone);
  return { ...(month === null ? { days: range } : { month }), excludeMaintenance };
}

/** The same days by their dates. */
export function datesQuery(choice, zone) {
  const query = rangeQuery(choice, zone);
  return query.days === undefined ? query : { from_date: dateBefore(today(zone), Number(query.days) - 1) };
}

/** How many dates, or which month, a choice is to show. */
export function rangeOf({ range }, zone) {
  const month = monthOf(range, zone);
  return month === null ? { atLeast: Number(range) } : { month };
}

/** "Last 30 days", "October 2025" */
export function rangeName({ range }, zone) {
  const month = monthOf(range, zone);
  return month === null ? `Last ${range} days` : monthName(month);
}

function monthOf(range, zone) {
  const current = today(zone).slice(0, 7);
  if (range === "this") return current;
  if (range === "last") return monthAfter(current, -1);
  return MONTH.test(range) ? range : null;
}

/** Writes the choice into the address. */
export function keepChoice() {
  const { range, excludeMaintenance } = currentChoice();
  const query = new URLSearchParams(location.search);
  const isMonth = MONTH.test(range) || NAMED_MONTHS.includes(range);
  query.delete("days");
  query.delete("month");
  query.set(isMonth ? "month" : "days", range);
  query.set("exclude_maintenance", excludeMaintenance);
  history.replaceState(null, "", `?${query}`);
}

/** Reads it from the address; what cannot be read is the default. */
export function restoreChoice() {
  const query = new URLSearchParams(location.search);
  const [days, month] = [query.get("days"), query.get("month")];
  offerMonths(MONTH.test(month ?? "") ? month : null);
  const radios = [...byId("controls").elements.range];
  const wanted = radios.find(({ value }) => value === (month ?? days));
  if (MONTH.test(month ?? "")) chooseMonth(month);
  else (wanted ?? radios.find(({ value }) => value === DEFAULT)).checked = true;
  byId("exclude-maintenance").checked = query.get("exclude_maintenance") !== "false";
}

/** A month in the list and a range of the buttons exclude each other. */
export function keepOneRange(changed) {
  if (changed.name === "range") byId("month").value = "";
  if (changed.id === "month") chooseMonth(changed.value);
}

function chooseMonth(month) {
  byId("month").value = month;
  for (const radio of byId("controls").elements.range) radio.checked = month === "" && radio.value === DEFAULT;
}

/** The months before the last one; the month of a shared link, too. */
function offerMonths(linked) {
  const current = today().slice(0, 7);
  const months = Array.from({ length: MONTHS_BACK }, (_, index) => monthAfter(current, -index));
  if (linked !== null && !months.includes(linked)) months.push(linked);
  const options = months.map((month) => element("option", { value: month }, monthName(month)));
  byId("month").replaceChildren(element("option", { value: "" }, "Month"), ...options);
}
