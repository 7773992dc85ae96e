/** A port: what a platform supplies (hashing, compression, streams), with a default that runs everywhere. */

export interface Port<T> {
  /** What is in use. */
  get(): T;
  /** Replaces it; an entry point for a platform calls this once, when it is loaded. */
  install(implementation: T): void;
}

/** Makes a port over its portable default. */
export function createPort<T>(portable: T): Port<T> {
  let current = portable;
  return {
    get: () => current,
    install: (implementation) => {
      current = implementation;
    },
  };
}
