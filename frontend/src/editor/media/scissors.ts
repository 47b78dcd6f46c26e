/**
 * Intelligent scissors: the cheapest way along edges between two points (E. Mortensen and W. Barrett,
 * "Intelligent scissors for image composition", SIGGRAPH 1995), with the gradient as the only cost.
 */
export interface CostMap {
  width: number;
  height: number;
  /** 0 on the strongest edge, 1 on flat ground; row by row. */
  cost: Float32Array;
}

export function costMap({ data, width, height }: ImageData): CostMap {
  const grey = new Float32Array(width * height);
  for (let at = 0; at < grey.length; at += 1)
    grey[at] = 0.3 * (data[at * 4] ?? 0) + 0.59 * (data[at * 4 + 1] ?? 0) + 0.11 * (data[at * 4 + 2] ?? 0);
  const cost = new Float32Array(width * height).fill(1);
  let most = 1;
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const g = (dx: number, dy: number) => grey[(y + dy) * width + x + dx] ?? 0;
      const across = g(1, -1) + 2 * g(1, 0) + g(1, 1) - g(-1, -1) - 2 * g(-1, 0) - g(-1, 1);
      const down = g(-1, 1) + 2 * g(0, 1) + g(1, 1) - g(-1, -1) - 2 * g(0, -1) - g(1, -1);
      const strength = Math.hypot(across, down);
      cost[y * width + x] = strength;
      if (strength > most) most = strength;
    }
  }
  for (let at = 0; at < cost.length; at += 1) {
    const [x, y] = [at % width, Math.floor(at / width)];
    const rim = x === 0 || y === 0 || x === width - 1 || y === height - 1;
    cost[at] = rim ? 1 : 1 - Math.min(1, (cost[at] ?? 0) / (0.5 * most));
  }
  return { width, height, cost };
}

const STEPS = [
  [-1, 0, 1],
  [1, 0, 1],
  [0, -1, 1],
  [0, 1, 1],
  [-1, -1, Math.SQRT2],
  [1, -1, Math.SQRT2],
  [-1, 1, Math.SQRT2],
  [1, 1, Math.SQRT2],
] as const;
const BUCKETS = 64; // cost is cut into this many steps for a bucket queue (Dial 1969)
const MARGIN = 40;

/** Pixels of the cheapest way, searched in the box around both points and a margin. */
export function cheapestWay(
  map: CostMap,
  from: readonly [number, number],
  to: readonly [number, number],
): [number, number][] {
  const left = Math.max(0, Math.min(from[0], to[0]) - MARGIN);
  const top = Math.max(0, Math.min(from[1], to[1]) - MARGIN);
  const w = Math.min(map.width - 1, Math.max(from[0], to[0]) + MARGIN) - left + 1;
  const h = Math.min(map.height - 1, Math.max(from[1], to[1]) + MARGIN) - top + 1;
  const distance = new Float64Array(w * h).fill(Infinity);
  const before = new Int32Array(w * h).fill(-1);
  const done = new Uint8Array(w * h);
  const [start, end] = [(from[1] - top) * w + from[0] - left, (to[1] - top) * w + to[0] - left];
  distance[start] = 0;
  const queue: number[][] = [[start]];
  for (let level = 0; level < queue.length && !done[end]; level += 1) {
    const bucket = queue[level] ?? [];
    for (let turn = 0; turn < bucket.length; turn += 1) {
      const at = bucket[turn] as number;
      if (done[at]) continue;
      done[at] = 1;
      const [x, y] = [at % w, Math.floor(at / w)];
      for (const [dx, dy, length] of STEPS) {
        const [nx, ny] = [x + dx, y + dy];
        if (nx < 0 || ny < 0 || nx >= w || ny >= h) continue;
        const next = ny * w + nx;
        const price = 0.02 + (map.cost[(ny + top) * map.width + nx + left] ?? 1);
        const total = (distance[at] ?? 0) + price * length;
        if (total >= (distance[next] ?? Infinity)) continue;
        distance[next] = total;
        before[next] = at;
        const slot = Math.max(level, Math.floor(total * BUCKETS));
        while (queue.length <= slot) queue.push([]);
        queue[slot]?.push(next);
      }
    }
  }
  const way: [number, number][] = [];
  for (let at = end; at >= 0; at = before[at] ?? -1) way.push([(at % w) + left, Math.floor(at / w) + top]);
  return way.reverse();
}
