// What the rows leave open: a badge with its number beside the title, and the list that the badge leads to.

import { byId, element } from "./dom.js";
import { duration } from "./lengths.js";
import { quantity } from "./words.js";

// Of each cause: what there is of it, and how it is settled.
const CAUSES = {
  UNMONITORED: ["Time that was not monitored", "say since when, or at which times, the tenant is monitored"],
  UNSEEN: ["Active alarms that were not seen for 7 days", "clear them at the source, or correct their end"],
  CUT_OFF: ["Active alarms that were ended when they were last seen", "clear them at the source, or correct their end"],
  UNDATED: ["Alarms that are over without a time", "correct their end"],
  SET_ASIDE: ["Rows that were set aside and may be outages", "mend them at the source, or correct them"],
  DISAGREEING: ["Rows of one id that disagree on when the alarm was", "correct their times"],
  OVERWRITTEN: ["Alarms whose severity was overwritten", "correct their severity"],
  UNKEYED: ["Rows that name no resource", "name it at the source"],
  NO_START: ["Rows without a start that can be read", "mend them at the source"],
  NOT_READ: ["Days that were stored before doubts were kept", "let the sweep measure them again"],
  NO_ROWS: ["No row was read", "check that the source delivers alarms"],
  NO_DOWN: ["No row says down", "check the words for up and down"],
};

/** What a cause of doubt is called. */
export const doubtName = (cause) => CAUSES[cause]?.[0] ?? cause;

/** @param {import("./api.js").Doubt[]} doubts of the range, the largest first */
export function showDoubts(doubts) {
  const count = doubts.reduce((sum, { rows }) => sum + Math.max(rows, 1), 0);
  const badge = byId("doubts-badge");
  badge.hidden = count === 0;
  badge.textContent = `${quantity(count, "doubt")} to settle`;
  byId("doubts").hidden = count === 0;
  byId("doubts-list").replaceChildren(...doubts.map(item));
}

function item({ cause, rows, seconds }) {
  const [what, how] = CAUSES[cause] ?? [cause, "see the data quality"];
  const extent = [rows > 0 ? quantity(rows, "row") : null, seconds > 0 ? `${duration(Math.ceil(seconds))} at stake` : null];
  const text = extent.filter((part) => part !== null).join(", ");
  return element("li", {}, element("strong", {}, what), text && element("span", {}, ` ${text}.`), element("span", { class: "quiet" }, ` To settle: ${how}.`));
}
