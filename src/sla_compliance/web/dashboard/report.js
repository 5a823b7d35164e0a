// The report of the days on the screen as a file that the server writes. A server without reports, or without the
// packages for a format, has no button for it.

import { fetchReport, fetchReportFormats } from "./api.js";
import { byId, element } from "./dom.js";

const BUTTONS = { pdf: "report-pdf", xlsx: "report-xlsx" };
const NAME_IN_HEADER = /filename="([^"]+)"/;

/** Shows the buttons of the formats that the server can write. */
export async function showReportButtons(signal) {
  const formats = (await fetchReportFormats(signal)) ?? [];
  for (const [format, id] of Object.entries(BUTTONS)) byId(id).hidden = !formats.includes(format);
}

/**
 * Makes the buttons download.
 * @param {() => object} query the parameters that name the days on the screen
 * @param {(problem: Error) => boolean} onRefused called with what went wrong; returns whether that has been dealt with
 */
export function enableReportButtons(query, onRefused) {
  for (const [format, id] of Object.entries(BUTTONS)) {
    byId(id).addEventListener("click", () => download(byId(id), { ...query(), format }, onRefused));
  }
}

/** The server takes a moment: meanwhile the button cannot be pressed again. */
async function download(button, query, onRefused) {
  showProblem("");
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    const response = await fetchReport(query);
    save(await response.blob(), NAME_IN_HEADER.exec(response.headers.get("Content-Disposition") ?? "")?.[1]);
  } catch (error) {
    if (!onRefused(error)) showProblem(`The report could not be downloaded: ${error.message}. ${error.detail ?? ""}`);
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

function save(blob, name) {
  const url = URL.createObjectURL(blob);
  element("a", { href: url, download: name ?? "sla-report" }).click();
  setTimeout(() => URL.revokeObjectURL(url));
}

function showProblem(text) {
  byId("report-problem").textContent = text.trim();
  byId("report-problem").hidden = text === "";
}
