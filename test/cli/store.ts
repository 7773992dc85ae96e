/** A store in a directory of its own, with the command line bound to it and a small image to begin with. */

import { utf8 } from '../../src/base/bytes.js';
import type { TarHeader } from '../../src/tar/entry.js';
import { type TarMember, writeTar } from '../../src/tar/writer.js';
import { type Outcome, run, type WorldOptions, withDirectory } from './kit.js';

export interface Store {
  readonly directory: string;
  /** Runs a command line on the store, in its directory; its times end in 1970, so that ids are always the same. */
  run(line: string | readonly string[], options?: WorldOptions): Promise<Outcome>;
  /** The same, and fails unless it exits with 0; gives what it printed. */
  ok(line: string | readonly string[], options?: WorldOptions): Promise<string>;
}

const EPOCH = '1000';

/** A tar of files; a name that ends with a slash is a directory. */
export function tarOf(files: Readonly<Record<string, string>>): Buffer {
  return Buffer.concat([...writeTar(Object.entries(files).map(member))]);
}

/** Runs something on a store with the image demo/base:1, which has two files. */
export async function withStore(work: (store: Store) => Promise<void>): Promise<void> {
  await withEmptyStore(async (store) => {
    await store.ok('import -m base - demo/base:1', {
      stdin: tarOf({ 'etc/': '', 'etc/motd': 'hello\n', 'srv/': '', 'srv/index.html': 'one page\n' }),
    });
    await work(store);
  });
}

export async function withEmptyStore(work: (store: Store) => Promise<void>): Promise<void> {
  await withDirectory(async (directory) => {
    const runLine = (line: string | readonly string[], options: WorldOptions = {}): Promise<Outcome> => {
      const env = { STRATUM_ROOT: `${directory}/store`, SOURCE_DATE_EPOCH: EPOCH, ...options.env };
      return run(typeof line === 'string' ? line.split(' ') : line, { cwd: directory, ...options, env });
    };
    await work({
      directory,
      run: runLine,
      ok: async (line, options) => {
        const { code, out, err } = await runLine(line, options);
        if (code !== 0) throw new Error(`${String(line)} exited with ${code}: ${err}`);
        return out;
      },
    });
  });
}

function member([path, text]: readonly [string, string]): TarMember {
  const isDirectory = path.endsWith('/');
  const header: TarHeader = {
    path: path.replace(/\/$/, ''),
    type: isDirectory ? 'directory' : 'file',
    mode: isDirectory ? 0o755 : 0o644,
    uid: 0,
    gid: 0,
    size: utf8(text).length,
    mtimeSec: 500,
    mtimeNsec: 0,
    linkname: '',
    devMajor: 0,
    devMinor: 0,
    xattrs: undefined,
  };
  return isDirectory ? { header } : { header, body: [utf8(text)] };
}
