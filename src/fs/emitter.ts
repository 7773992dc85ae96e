/** What watchers are made of: Node's EventEmitter in Node (a port), and a small one with the same calls elsewhere. */

import { createPort, type Port } from '../base/port.js';

// biome-ignore lint/suspicious/noExplicitAny: as in Node, what a listener takes is told by the name of the event
type EventListener = (...args: any[]) => void;

/** The calls of an EventEmitter that every platform has here. */
export interface Emitter {
  on(event: string, listener: EventListener): this;
  addListener(event: string, listener: EventListener): this;
  once(event: string, listener: EventListener): this;
  off(event: string, listener: EventListener): this;
  removeListener(event: string, listener: EventListener): this;
  removeAllListeners(event?: string): this;
  listenerCount(event: string): number;
  /** Calls the listeners in order; false where there are none. An `error` that nobody listens to is thrown. */
  emit(event: string, ...args: unknown[]): boolean;
}

export type EmitterClass = new () => Emitter;

interface Subscription {
  readonly listener: EventListener;
  readonly isOnce: boolean;
}

class PortableEmitter implements Emitter {
  readonly #subscriptions: Map<string, Subscription[]> = new Map();

  on(event: string, listener: EventListener): this {
    return this.#add(event, { listener, isOnce: false });
  }

  addListener(event: string, listener: EventListener): this {
    return this.on(event, listener);
  }

  once(event: string, listener: EventListener): this {
    return this.#add(event, { listener, isOnce: true });
  }

  off(event: string, listener: EventListener): this {
    const all = this.#of(event);
    const at = all.findLastIndex((each) => each.listener === listener);
    if (at >= 0) this.#subscriptions.set(event, all.toSpliced(at, 1));
    return this;
  }

  removeListener(event: string, listener: EventListener): this {
    return this.off(event, listener);
  }

  removeAllListeners(event?: string): this {
    if (event === undefined) this.#subscriptions.clear();
    else this.#subscriptions.delete(event);
    return this;
  }

  listenerCount(event: string): number {
    return this.#of(event).length;
  }

  emit(event: string, ...args: unknown[]): boolean {
    const all = this.#of(event);
    if (all.length === 0 && event === 'error') throw args[0];
    for (const { listener, isOnce } of all) {
      if (isOnce) this.off(event, listener);
      listener.apply(this, args);
    }
    return all.length > 0;
  }

  /** Never changed in place: a listener may add and remove while others are being called. */
  #of(event: string): readonly Subscription[] {
    return this.#subscriptions.get(event) ?? [];
  }

  #add(event: string, subscription: Subscription): this {
    this.#subscriptions.set(event, [...this.#of(event), subscription]);
    return this;
  }
}

export const emitterClass: Port<EmitterClass> = createPort<EmitterClass>(PortableEmitter);
