// The geometry of the chart: numbers in, numbers and path text out. It draws nothing.

const LABEL_WIDTH = 62;
const LABEL_STEPS = [1, 2, 3, 5, 7, 10, 14, 30];
const SPANS = [1, 2, 5]; // times a power of ten: what the axis spans, per cent
const TICKS = { 1: 5, 2: 4, 5: 5 };
// The target stands between a half and a tenth of the height below the top, wherever the days are.
const SHORTEST = 2;
const LONGEST = 10;
const SPAN_OF_TARGET_100 = 1;
const SMALLEST_SPAN = 1e-6;

/**
 * Where the axis begins, and the values that it names. It holds the target and the worst day; days so far below the
 * target that they would leave no room for the others lie below the axis.
 * @param {number[]} values what was measured, per cent
 * @param {number} target
 * @returns {{floor: number, ticks: number[]}} the floor first
 */
export function axis(values, target) {
  const allowed = 100 - target;
  const longest = allowed > 0 ? allowed * LONGEST : SPAN_OF_TARGET_100;
  const needed = Math.max(allowed * SHORTEST, 100 - Math.min(...values, 100), SMALLEST_SPAN);
  const span = Math.min(roundSpan(needed), roundSpan(longest), 100);
  const steps = TICKS[Math.round(span / 10 ** exponentOf(span))] ?? 5;
  return { floor: clean(100 - span), ticks: Array.from({ length: steps + 1 }, (_, step) => clean(100 - span + (step * span) / steps)) };
}

/** The least of 1, 2, 5, 10, 20 ... that is not below a value. */
function roundSpan(value) {
  const power = 10 ** exponentOf(value);
  return clean((SPANS.find((span) => span * power >= clean(value)) ?? 10) * power);
}

const exponentOf = (value) => Math.floor(Math.log10(clean(value)));

/** Without the noise of binary fractions. */
const clean = (value) => Number(value.toPrecision(10));

/** Every how many days a date fits below the axis. */
export const labelStep = (band) => LABEL_STEPS.find((step) => step * band >= LABEL_WIDTH) ?? LABEL_STEPS.at(-1);

/**
 * Runs of neighbouring days that all have a value, or all have none.
 * @param {(number | null)[]} values
 * @returns {{start: number, end: number, isMeasured: boolean}[]} half-open
 */
export function runs(values) {
  const list = [];
  values.forEach((value, index) => {
    const isMeasured = value !== null;
    if (list.at(-1)?.isMeasured === isMeasured) list.at(-1).end = index + 1;
    else list.push({ start: index, end: index + 1, isMeasured });
  });
  return list;
}

/**
 * The line over one run of days: a plateau for each, a step between two. Nothing is drawn that was not measured.
 * @param {number[]} levels heights of the days
 * @param {number} left where the first day begins
 * @param {number} band width of a day
 */
export function steps(levels, left, band) {
  const plateaus = levels.map((level, index) => `V${text(level)}H${text(left + (index + 1) * band)}`);
  return `M${text(left)} ${text(levels[0])}${plateaus.join("")}`;
}

/** The same line, closed down to `base`. */
export const area = (levels, left, band, base) => `${steps(levels, left, band)}V${base}H${text(left)}Z`;

const text = (number) => Number(number.toFixed(2));
