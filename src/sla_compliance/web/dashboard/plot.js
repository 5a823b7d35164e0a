// The geometry of the chart: numbers in, numbers and path text out. It draws nothing.

const FLOORS = [95, 90, 80, 50, 0];
const STEPS = 5;
const LABEL_WIDTH = 58;
const LABEL_STEPS = [1, 2, 3, 5, 7, 10, 14, 30];

/** Where the axis begins: 95, or lower where a day or the target is. */
export const axisFloor = (values) => FLOORS.find((floor) => values.every((value) => value >= floor)) ?? 0;

/** The values that the axis names, the floor first. */
export const axisTicks = (floor) => Array.from({ length: STEPS + 1 }, (_, step) => floor + (step * (100 - floor)) / STEPS);

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
 * The line over one run: through the middle of each day, level to the outer edges of the first and the last. Between
 * two days it never leaves the range of the two (harmonic mean of the slopes), so no dip is drawn that did not happen.
 * @param {[number, number][]} points middles of the days, equally spaced
 * @param {number} half half of a day's width
 */
export function line(points, half) {
  const [first, last] = [points[0], points.at(-1)];
  const curves = points.slice(1).map((point, index) => curve(points, index, half));
  return `M${text(first[0] - half, first[1])}L${text(...first)}${curves.join("")}L${text(last[0] + half, last[1])}`;
}

/** The same line, closed down to `base`. */
export function area(points, half, base) {
  return `${line(points, half)}V${base}H${text(points[0][0] - half)}Z`;
}

function curve(points, index, half) {
  const third = (2 * half) / 3;
  const [[x0, y0], [x1, y1]] = [points[index], points[index + 1]];
  const [rise0, rise1] = [slope(points, index), slope(points, index + 1)].map((rise) => rise / 3);
  return `C${text(x0 + third, y0 + rise0)} ${text(x1 - third, y1 - rise1)} ${text(x1, y1)}`;
}

/** The tangent at a day, as a rise over one day's width; level at the ends, peaks and troughs. */
function slope(points, index) {
  if (index === 0 || index === points.length - 1) return 0;
  const [before, after] = [points[index][1] - points[index - 1][1], points[index + 1][1] - points[index][1]];
  return before * after > 0 ? (2 * before * after) / (before + after) : 0;
}

const text = (...numbers) => numbers.map((number) => Number(number.toFixed(2))).join(" ");
