/**
 * Superpixels: patches of like colour (R. Achanta et al., "SLIC superpixels compared to state-of-the-art
 * superpixel methods", PAMI 2012), in RGB, with fixed compactness and five rounds.
 *
 * Returns the patch number of each pixel, row by row.
 */
export function superpixels({ data, width, height }: ImageData, step: number, compactness = 20): Int32Array {
  const [columns, rows] = [Math.max(1, Math.round(width / step)), Math.max(1, Math.round(height / step))];
  const count = columns * rows;
  const centres = new Float64Array(count * 5);
  for (let n = 0; n < count; n += 1) {
    const x = Math.min(width - 1, Math.floor((((n % columns) + 0.5) * width) / columns));
    const y = Math.min(height - 1, Math.floor(((Math.floor(n / columns) + 0.5) * height) / rows));
    const at = (y * width + x) * 4;
    centres.set([x, y, data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0], n * 5);
  }
  const patch = new Int32Array(width * height);
  const best = new Float64Array(width * height);
  const weight = (compactness / step) ** 2;
  for (let round = 0; round < 5; round += 1) {
    best.fill(Infinity);
    for (let n = 0; n < count; n += 1) {
      const [cx, cy, r, g, b] = centres.subarray(n * 5, n * 5 + 5) as unknown as number[] as [
        number,
        number,
        number,
        number,
        number,
      ];
      const reach = Math.ceil(step * 1.5);
      const [top, bottom] = [
        Math.max(0, Math.floor(cy - reach)),
        Math.min(height - 1, Math.ceil(cy + reach)),
      ];
      const [left, right] = [Math.max(0, Math.floor(cx - reach)), Math.min(width - 1, Math.ceil(cx + reach))];
      for (let y = top; y <= bottom; y += 1) {
        for (let x = left; x <= right; x += 1) {
          const pixel = y * width + x;
          const at = pixel * 4;
          const [dr, dg, db] = [(data[at] ?? 0) - r, (data[at + 1] ?? 0) - g, (data[at + 2] ?? 0) - b];
          const distance = dr * dr + dg * dg + db * db + weight * ((x - cx) * (x - cx) + (y - cy) * (y - cy));
          if (distance < (best[pixel] ?? Infinity)) {
            best[pixel] = distance;
            patch[pixel] = n;
          }
        }
      }
    }
    const sums = new Float64Array(count * 6);
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const pixel = y * width + x;
        const base = (patch[pixel] ?? 0) * 6;
        const at = pixel * 4;
        for (const [offset, value] of [x, y, data[at], data[at + 1], data[at + 2], 1].entries())
          sums[base + offset] = (sums[base + offset] ?? 0) + (value ?? 0);
      }
    }
    for (let n = 0; n < count; n += 1) {
      const number = sums[n * 6 + 5] ?? 0;
      if (number === 0) continue;
      for (let offset = 0; offset < 5; offset += 1)
        centres[n * 5 + offset] = (sums[n * 6 + offset] ?? 0) / number;
    }
  }
  return patch;
}
