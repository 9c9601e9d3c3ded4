/** The points of a small line chart: the newest value at the right edge, the largest one at the top. */

export interface SparklineBox {
  readonly width: number;
  readonly height: number;
  /** How many values fill the width. */
  readonly capacity: number;
}

/** For the `points` of an SVG polyline. Empty with fewer than two values. */
export function sparklinePoints(values: readonly number[], { width, height, capacity }: SparklineBox): string {
  if (values.length < 2) return '';
  const top = Math.max(...values, Number.MIN_VALUE);
  const step = width / (capacity - 1);
  const left = width - (values.length - 1) * step;
  // Half a stroke is kept free at both edges.
  const y = (value: number) => height - 1 - (value / top) * (height - 2);
  return values.map((value, index) => `${(left + index * step).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
}
