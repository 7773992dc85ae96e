/** The events between a kernel and the watchers of one fs object: what an inotify descriptor is to a process. */

import type { Kernel } from '../union/kernel.js';
import { IN_ATTRIB, IN_IGNORED, IN_ISDIR, IN_MODIFY } from '../union/watch.js';
import { later } from './deferred.js';

export type WatchEventType = 'rename' | 'change';

/** `name` is missing where it is the watched file or directory itself. */
type Listener = (eventType: WatchEventType, name: string | undefined) => void;

/** An inode that is watched; all who watch it share the events. */
interface Mark {
  readonly deep: boolean;
  readonly listeners: Set<Listener>;
  stop(): void;
}

interface Unread {
  readonly mark: Mark;
  readonly mask: number;
  readonly name: string | undefined;
}

/** As many as Linux keeps by default (fs.inotify.max_queued_events); what comes then is lost there too. */
const UNREAD_LIMIT = 16_384;

export class WatchQueue {
  readonly #kernel: Kernel;
  readonly #near: Map<number, Mark> = new Map();
  readonly #deep: Map<number, Mark> = new Map();
  #last: Unread | undefined;
  #unread = 0;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** Starts listening; the result ends it. Throws the errors of `watch`. */
  add(path: string, deep: boolean, listener: Listener): () => void {
    const marks = deep ? this.#deep : this.#near;
    const known = this.#kernel.find(path, true);
    const mark = (known && marks.get(known.ino)) ?? this.#mark(path, deep);
    if (known !== undefined) marks.set(known.ino, mark);
    mark.listeners.add(listener);
    return () => {
      mark.listeners.delete(listener);
      if (mark.listeners.size > 0) return;
      mark.stop();
      if (known !== undefined && marks.get(known.ino) === mark) marks.delete(known.ino);
    };
  }

  #mark(path: string, deep: boolean): Mark {
    const observer = (mask: number, name: string | undefined): void => this.#push({ mark, mask, name });
    const mark: Mark = { deep, listeners: new Set(), stop: this.#kernel.watch(path, deep, observer) };
    return mark;
  }

  /** Linux drops what repeats the last unread event, and so does this. */
  #push(event: Unread): void {
    if (isSilent(event) || repeats(this.#last, event) || this.#unread >= UNREAD_LIMIT) return;
    this.#last = event;
    this.#unread++;
    later(() => {
      this.#unread--;
      if (this.#last === event) this.#last = undefined;
      for (const listener of [...event.mark.listeners]) listener(typeOf(event), event.name);
    });
  }
}

/** A watcher of a whole tree hears of directories only when they come and go: Node's own says no more either. */
function isSilent({ mark, mask }: Unread): boolean {
  return mark.deep && mask === (IN_ATTRIB | IN_ISDIR);
}

function repeats(last: Unread | undefined, event: Unread): boolean {
  if (last === undefined || event.mask === IN_IGNORED) return false;
  return last.mark === event.mark && last.mask === event.mask && last.name === event.name;
}

/** As Node tells them apart, by whether anything but the two bits of a change is set: chmod of a directory is a rename. */
function typeOf({ mask }: Unread): WatchEventType {
  return (mask & ~(IN_ATTRIB | IN_MODIFY)) === 0 ? 'change' : 'rename';
}
