// The tenant's wall clock on one local day. Times that the server sends carry their offset, so their text is the wall
// clock. Hours in between are counted from the day's start; where the offset changes within the day they come from
// the tenant's zone, and where that is unknown they stay elapsed hours. The browser's own zone is never used.

import { dateOf, shortDate } from "./days.js";

const MINUTE_MS = 60_000;
const HALF_HOUR = 30;
const DAY_END = 24 * 60;

const offsetOf = (timestamp) => /(?:Z|[+-]\d\d:\d\d)$/.exec(timestamp)[0];
const minutesOf = (time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
const twoDigits = (number) => String(number).padStart(2, "0");

/**
 * @param {{start: string, end: string}} bounds first instant of the day and of the next one
 * @param {string} [zone] IANA name
 */
export function dayClock({ start, end }, zone) {
  const [from, to] = [Date.parse(start), Date.parse(end)];
  const length = (to - from) / MINUTE_MS;
  const isUniform = offsetOf(start) === offsetOf(end);
  const wall = isUniform ? uniformClock(start) : zonedClock(start, length, zone);

  return {
    from,
    to,
    hours: length / 60,

    /** Where every `step`-th hour stands (0 to 1), and its label. */
    marks: (step) => marks(wall, length, step),

    /** The wall clock of a timestamp; with its date where that is another day, its offset where that is in doubt. */
    timeOf(timestamp) {
      const [date, offset] = [dateOf(timestamp), offsetOf(timestamp)];
      const time = timestamp.slice(11, 19).replace(/:00$/, "");
      const day = date === dateOf(start) ? "" : `${shortDate(date)}, `;
      return `${day}${time}${isUniform && offset === offsetOf(start) ? "" : ` (${offset})`}`;
    },

    /** Where an instant lies in the day, 0 to 1. */
    share: (instant) => Math.min(Math.max((instant - from) / (to - from), 0), 1),
  };
}

/** Minutes on the wall clock by minutes elapsed, on a day of one offset. */
function uniformClock(start) {
  const first = minutesOf(start.slice(11));
  return (elapsed) => first + elapsed;
}

/** The same on a day whose offset changes; null without a zone that agrees with the day's first instant. */
function zonedClock(start, length, zone) {
  const format = formatOf(zone);
  const wall = (elapsed) =>
    elapsed === length ? DAY_END : minutesOf(format.format(Date.parse(start) + elapsed * MINUTE_MS));
  return format && wall(0) === minutesOf(start.slice(11)) ? wall : null;
}

function formatOf(zone) {
  try {
    return zone ? new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" }) : null;
  } catch (error) {
    if (error instanceof RangeError) return null; // a zone that this browser does not know
    throw error;
  }
}

function marks(wall, length, step) {
  const hourMarks = [];
  for (let elapsed = 0; elapsed <= length; elapsed += HALF_HOUR) {
    const minutes = wall ? wall(elapsed) : elapsed;
    const label = wall ? `${twoDigits(minutes / 60)}:00` : `+${minutes / 60} h`;
    if (minutes % (step * 60) === 0 && label !== hourMarks.at(-1)?.label) hourMarks.push({ share: elapsed / length, label });
  }
  return hourMarks;
}
