/** The three faces of Node's fs API as one: a call by its name, on a path or on an open file. */

import type { FileHandle } from 'node:fs/promises';

export const FACES = ['sync', 'callback', 'promise'] as const;
export type FaceName = (typeof FACES)[number];

/** `node:fs` or ours; calls are looked up by name. */
export interface AnyFs {
  readonly promises: object;
}

type AnyCall = (...args: unknown[]) => unknown;
type Table = Readonly<Record<string, AnyCall>>;

/** Extended attributes, which Node has no calls for: `set`, `get` and `remove`, with paths that are followed. */
export type XattrCall = (path: string, action: string, name: string, value: string) => string;

export interface Face {
  readonly name: FaceName;
  call(name: string, args: readonly unknown[]): Promise<unknown>;
  /** Opens a file into a slot; what was in it is closed first. */
  open(slot: number, args: readonly unknown[]): Promise<void>;
  /** A method of FileHandle by its name, for the file in a slot. */
  onFile(slot: number, name: string, args: readonly unknown[]): Promise<unknown>;
  closeAll(): Promise<void>;
}

/** The method of FileHandle under the name that the call on descriptors has. */
const ON_DESCRIPTOR: Readonly<Record<string, string>> = {
  truncate: 'ftruncate',
  chmod: 'fchmod',
  chown: 'fchown',
  utimes: 'futimes',
  stat: 'fstat',
  sync: 'fsync',
  datasync: 'fdatasync',
};

/** A descriptor that is never open. */
const NEVER_OPEN = 1_000_000;

export function faceOf(fs: AnyFs, name: FaceName): Face {
  if (name === 'promise') return promiseFace(fs);
  const table = fs as unknown as Table;
  return name === 'sync'
    ? descriptorFace(name, async (called, args) => (table[`${called}Sync`] as AnyCall)(...args))
    : descriptorFace(name, (called, args) => calledBack(table[called] as AnyCall, args));
}

function calledBack(call: AnyCall, args: readonly unknown[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    call(...args, (error: unknown, result: unknown) => {
      if (error === null || error === undefined) resolve(result);
      else reject(error);
    });
  });
}

function descriptorFace(name: FaceName, call: Face['call']): Face {
  const slots = new Map<number, number>();
  const close = async (slot: number): Promise<void> => {
    const fd = slots.get(slot);
    slots.delete(slot);
    await call('close', [fd ?? NEVER_OPEN]);
  };
  return {
    name,
    call,
    async open(slot, args) {
      if (slots.has(slot)) await close(slot);
      slots.set(slot, (await call('open', args)) as number);
    },
    onFile(slot, method, args) {
      if (method === 'close') return close(slot);
      return call(ON_DESCRIPTOR[method] ?? method, [slots.get(slot) ?? NEVER_OPEN, ...args]);
    },
    async closeAll() {
      for (const slot of [...slots.keys()]) await close(slot);
    },
  };
}

function promiseFace(fs: AnyFs): Face {
  const table = fs.promises as Table;
  const slots = new Map<number, FileHandle>();
  return {
    name: 'promise',
    async call(name, args) {
      return (table[name] as AnyCall)(...args);
    },
    async open(slot, args) {
      await slots.get(slot)?.close();
      slots.delete(slot);
      slots.set(slot, (await (table['open'] as AnyCall)(...args)) as FileHandle);
    },
    async onFile(slot, name, args) {
      const handle = slots.get(slot);
      return handle === undefined ? 'no handle' : (handle as unknown as Table)[name]?.(...args);
    },
    async closeAll() {
      for (const handle of slots.values()) await handle.close();
      slots.clear();
    },
  };
}
