/** Lays sizes out as rectangles, as near to squares as they come (Bruls, Huizing, van Wijk: Squarified Treemaps, 2000). */

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * A rectangle for each value, in their order, whose areas are in proportion and together fill `within`. Values must be
 * given from the largest to the smallest; what is nothing gets a rectangle of no area.
 */
export function squarify(values: readonly number[], within: Rectangle): Rectangle[] {
  const sum = values.reduce((total, value) => total + value, 0);
  const scale = sum === 0 ? 0 : (within.width * within.height) / sum;
  const areas = values.map((value) => value * scale);
  const placed: Rectangle[] = [];
  let free = within;
  for (let at = 0; at < areas.length; ) {
    const row = nextRow(areas, at, Math.min(free.width, free.height));
    const { rectangles, rest } = layRow(row, free);
    placed.push(...rectangles);
    free = rest;
    at += row.length;
  }
  return placed;
}

/** As many areas as make the worst of them squarer than fewer would. */
function nextRow(areas: readonly number[], from: number, side: number): readonly number[] {
  let sum = 0;
  let worst = Number.POSITIVE_INFINITY;
  for (let at = from; at < areas.length; at++) {
    sum += areas[at] ?? 0;
    const most = areas[from] ?? 0;
    const least = areas[at] ?? 0;
    const next = Math.max((side * side * most) / (sum * sum), (sum * sum) / (side * side * least));
    if (at > from && next > worst) return areas.slice(from, at);
    worst = next;
  }
  return areas.slice(from);
}

function layRow(areas: readonly number[], free: Rectangle): { rectangles: Rectangle[]; rest: Rectangle } {
  const sum = areas.reduce((total, area) => total + area, 0);
  const isWide = free.width >= free.height;
  const side = isWide ? free.height : free.width;
  const thickness = side === 0 ? 0 : sum / side;
  let at = 0;
  const rectangles = areas.map((area): Rectangle => {
    const length = thickness === 0 ? 0 : area / thickness;
    const start = at;
    at += length;
    return isWide
      ? { x: free.x, y: free.y + start, width: thickness, height: length }
      : { x: free.x + start, y: free.y, width: length, height: thickness };
  });
  const rest = isWide
    ? { ...free, x: free.x + thickness, width: Math.max(0, free.width - thickness) }
    : { ...free, y: free.y + thickness, height: Math.max(0, free.height - thickness) };
  return { rectangles, rest };
}
