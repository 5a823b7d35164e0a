// How the reader writes numbers. A percentage has two decimals or more and is never rounded here: the server has cut
// it, and a second rounding could only overstate it. So 100.00 stands only where nothing was lost.

const FEWEST_DECIMALS = 2;
const MOST_DECIMALS = 9;

/** The languages that the reader prefers, as Intl takes them. */
export const LOCALES = navigator.languages?.length ? [...navigator.languages] : undefined;

// Where the sign stands and what divides it from the number: "100%", "100 %", "%100".
const PERCENT_PARTS = new Intl.NumberFormat(LOCALES, { style: "percent" }).formatToParts(1);
const formats = new Map();

/** A number with this many decimals. */
export function decimal(value, decimals) {
  const options = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  if (!formats.has(decimals)) formats.set(decimals, new Intl.NumberFormat(LOCALES, options));
  return formats.get(decimals).format(value);
}

/** "1,204" */
export const integer = (value) => decimal(value, 0);

/** How many decimals it takes to show the most exact of some percentages, at least two. */
export const decimalsOf = (...values) => Math.max(FEWEST_DECIMALS, ...values.map(decimalsIn));

// Not String(value): that of a very small number has an exponent.
const decimalsIn = (value) => (value ?? 0).toFixed(MOST_DECIMALS).split(".")[1].replace(/0+$/, "").length;

/** "99.86%", or "99,86 %" */
export const percentage = (value, decimals = decimalsOf(value)) =>
  percentageParts(value, decimals).map(({ text }) => text).join("");

/** The same in parts, so that the sign can be set smaller than the number. */
export function percentageParts(value, decimals = decimalsOf(value)) {
  return PERCENT_PARTS.map(({ type, value: text }) =>
    type === "integer" ? { text: decimal(value, decimals), isNumber: true } : { text, isNumber: false },
  );
}

/** A difference of two percentages in percentage points, with its sign: "+0.12". */
export function points(value) {
  const decimals = value !== 0 && Math.abs(value) < 0.01 ? 4 : FEWEST_DECIMALS;
  const options = { minimumFractionDigits: decimals, maximumFractionDigits: decimals, signDisplay: "exceptZero" };
  return new Intl.NumberFormat(LOCALES, options).format(value);
}
