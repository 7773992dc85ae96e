/** The type of the fs object in Node; the entry for Node names this file, so that it reaches whoever loads that. */

type NodeFs = typeof import('node:fs');

/**
 * What Node's types list and Node itself does not have on Linux: `lchmod` is undefined there, and `StatsFs` is a type
 * that is declared as a class. To leave them out would keep the fs object from being taken for `node:fs`.
 */
type OnlyInTypes = 'lchmod' | 'lchmodSync' | 'StatsFs';

declare module '../fs/create-fs.js' {
  /** In Node the fs object has the type of `node:fs`: every name that it has, as Node's types (20 and 22) tell it. */
  interface PlatformFs {
    readonly fs: Pick<NodeFs, keyof NodeFs & (keyof CoreFs | OnlyInTypes)> & Newer;
  }

  /** Of Node 22, where the types are those of Node 20. */
  type Newer = Pick<CoreFs, Exclude<'glob' | 'globSync', keyof NodeFs>> & {
    readonly promises: Pick<CoreFs['promises'], Exclude<'glob', keyof NodeFs['promises']>>;
  };
}

export type { Fs } from '../fs/create-fs.js';
