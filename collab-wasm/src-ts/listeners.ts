/** A list of callbacks that survives their exceptions and changes during a call. */

export class Listeners<A extends unknown[]> {
  readonly #all = new Set<(...args: A) => void>();

  add(listener: (...args: A) => void): () => void {
    // Wrapped, so that the same function added twice is heard twice and removed once.
    const entry = (...args: A): void => listener(...args);
    this.#all.add(entry);
    return () => void this.#all.delete(entry);
  }

  emit(...args: A): void {
    for (const listener of [...this.#all]) {
      if (!this.#all.has(listener)) continue;
      try {
        listener(...args);
      } catch (error) {
        rethrowLater(error);
      }
    }
  }

  clear(): void {
    this.#all.clear();
  }
}

/** Reports an application's exception as uncaught, like an event target does. */
function rethrowLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
