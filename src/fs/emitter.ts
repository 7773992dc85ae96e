/** The few methods of an event emitter that a core without Node needs. */

export type Listener = (...args: unknown[]) => void;

/** Calls listeners in the order in which they were added, as Node's EventEmitter does. */
export class Emitter {
  #listeners: Map<string | symbol, { readonly listener: Listener; readonly once: boolean }[]> | undefined;

  on(event: string | symbol, listener: Listener): this {
    return this.#add(event, listener, false);
  }

  addListener(event: string | symbol, listener: Listener): this {
    return this.#add(event, listener, false);
  }

  once(event: string | symbol, listener: Listener): this {
    return this.#add(event, listener, true);
  }

  /** Takes away the listener that was added last. */
  off(event: string | symbol, listener: Listener): this {
    const entries = this.#listeners?.get(event);
    const at = entries?.findLastIndex((entry) => entry.listener === listener) ?? -1;
    if (at !== -1) this.#listeners?.set(event, entries?.toSpliced(at, 1) ?? []);
    return this;
  }

  removeListener(event: string | symbol, listener: Listener): this {
    return this.off(event, listener);
  }

  removeAllListeners(event?: string | symbol): this {
    if (event === undefined) this.#listeners = undefined;
    else this.#listeners?.delete(event);
    return this;
  }

  /** True when somebody listened. */
  emit(event: string | symbol, ...args: unknown[]): boolean {
    const entries = this.#listeners?.get(event) ?? [];
    for (const { listener, once } of entries) {
      if (once) this.off(event, listener);
      listener.apply(this, args);
    }
    return entries.length > 0;
  }

  listenerCount(event: string | symbol): number {
    return this.#listeners?.get(event)?.length ?? 0;
  }

  #add(event: string | symbol, listener: Listener, once: boolean): this {
    this.#listeners ??= new Map();
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), { listener, once }]);
    return this;
  }
}
