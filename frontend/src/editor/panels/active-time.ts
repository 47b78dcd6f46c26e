const IDLE_MS = 30_000;

/** Time spent on an item; what passes without a sign of life for half a minute does not count. */
export class ActiveTime {
  private total = 0;
  private last: number;

  constructor(private readonly now: () => number = Date.now) {
    this.last = now();
  }

  /** A key, a click, a move. */
  touch(): void {
    const time = this.now();
    this.total += Math.min(time - this.last, IDLE_MS);
    this.last = time;
  }

  restart(): void {
    this.total = 0;
    this.last = this.now();
  }

  get milliseconds(): number {
    this.touch();
    return this.total;
  }
}
