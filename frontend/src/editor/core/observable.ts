/** Something that views watch: `version` grows with every change, listeners hear of it. */
export class Observable {
  version = 0;
  private listeners = new Set<() => void>();

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  protected changed(): void {
    this.version += 1;
    for (const listener of this.listeners) listener();
  }
}
