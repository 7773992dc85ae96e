/** Something that emits events seldom: the platform's emitter is made only when somebody listens. */

import { type Emitter, type EventListener, emitterClass } from './emitter.js';

export class Emitting implements Emitter {
  #emitter: Emitter | undefined;

  on(event: string, listener: EventListener): this {
    this.#made().on(event, listener);
    return this;
  }

  addListener(event: string, listener: EventListener): this {
    return this.on(event, listener);
  }

  once(event: string, listener: EventListener): this {
    this.#made().once(event, listener);
    return this;
  }

  off(event: string, listener: EventListener): this {
    this.#emitter?.off(event, listener);
    return this;
  }

  removeListener(event: string, listener: EventListener): this {
    return this.off(event, listener);
  }

  removeAllListeners(event?: string): this {
    this.#emitter?.removeAllListeners(event);
    return this;
  }

  listenerCount(event: string): number {
    return this.#emitter?.listenerCount(event) ?? 0;
  }

  emit(event: string, ...args: unknown[]): boolean {
    return this.#emitter?.emit(event, ...args) ?? false;
  }

  #made(): Emitter {
    this.#emitter ??= new (emitterClass.get())();
    return this.#emitter;
  }
}
