import type { SpanRegion } from "../core/regions";

/** A piece of text that the same spans cover, the longest first. */
export interface Segment {
  start: number;
  end: number;
  spans: SpanRegion[];
}

/** The text cut at every end of a span. */
export function segments(length: number, spans: readonly SpanRegion[]): Segment[] {
  const cuts = new Set([0, length]);
  for (const { start, end } of spans) {
    cuts.add(Math.min(start, length));
    cuts.add(Math.min(end, length));
  }
  const at = [...cuts].sort((a, b) => a - b);
  const ordered = [...spans].sort((a, b) => b.end - b.start - (a.end - a.start));
  return at.slice(1).map((end, index) => {
    const start = at[index] ?? 0;
    return { start, end, spans: ordered.filter((span) => span.start <= start && span.end >= end) };
  });
}
