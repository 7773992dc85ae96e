/** The stream classes of one fs object. */

import { fileStreams, type StreamClass, type StreamClasses, type StreamSource } from './streams-port.js';

/** Makes the classes when one is first asked for; a program may put its own in their place, as it may in Node. */
export class OwnStreams {
  readonly #source: () => StreamSource;
  #made: StreamClasses | undefined;

  constructor(source: () => StreamSource) {
    this.#source = source;
  }

  get reader(): StreamClass {
    return this.#classes.ReadStream;
  }

  set reader(ReadStream: StreamClass) {
    this.#made = { ...this.#classes, ReadStream };
  }

  get writer(): StreamClass {
    return this.#classes.WriteStream;
  }

  set writer(WriteStream: StreamClass) {
    this.#made = { ...this.#classes, WriteStream };
  }

  get #classes(): StreamClasses {
    this.#made ??= fileStreams.get().classes(this.#source());
    return this.#made;
  }
}
