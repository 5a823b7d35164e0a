// The days on the screen as a CSV file (RFC 4180). Text that a spreadsheet would run as a formula is defused.

import { dateOf } from "./days.js";
import { element } from "./dom.js";

const COLUMNS = [
  "date",
  "compliance_percentage",
  "target_percentage",
  "uptime_minutes",
  "downtime_minutes",
  "sla_breaches",
  "uptime_seconds",
  "downtime_seconds",
  "verdict",
  "is_confirmed",
  "low_percentage",
  "high_percentage",
];
const FORMULA = /^[=+\-@\t\r]/;

/** Hands the records to the browser as a download. */
export function download(records) {
  const url = URL.createObjectURL(new Blob([csv(records)], { type: "text/csv;charset=utf-8" }));
  const [first, last] = [records[0], records.at(-1)].map((record) => dateOf(record.date));
  element("a", { href: url, download: `sla-compliance_${first}_${last}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(url));
}

function csv(records) {
  const columns = COLUMNS.filter((name) => records.some((record) => name in record));
  const rows = records.map((record) => columns.map((name) => cell(record[name])));
  return [columns, ...rows].map((row) => `${row.join(",")}\r\n`).join("");
}

function cell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
