/** Between offsets of JavaScript (UTF-16 units) and of an answer (code points). */
export class CodePoints {
  /** Units at which each code point begins, and the end. */
  private readonly starts: number[];

  constructor(readonly text: string) {
    this.starts = [];
    for (let at = 0; at < text.length; at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1)
      this.starts.push(at);
    this.starts.push(text.length);
  }

  get length(): number {
    return this.starts.length - 1;
  }

  toUnit(point: number): number {
    return this.starts[Math.max(0, Math.min(point, this.length))] ?? this.text.length;
  }

  /** The code point that holds a unit. */
  fromUnit(unit: number): number {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= unit) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  slice(start: number, end: number): string {
    return this.text.slice(this.toUnit(start), this.toUnit(end));
  }
}

/** A range without blanks at its ends; null where nothing is left. */
export function trimmed(points: CodePoints, start: number, end: number): [number, number] | null {
  let [from, to] = [Math.min(start, end), Math.max(start, end)];
  while (from < to && points.slice(from, from + 1).trim() === "") from += 1;
  while (to > from && points.slice(to - 1, to).trim() === "") to -= 1;
  return from < to ? [from, to] : null;
}
