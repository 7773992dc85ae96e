/** A whole tree, as it is at the end of a sequence. */

import { Canonical, type CanonicalOptions } from './canonical.js';
import type { AnyFs } from './faces.js';
import { type BigStats, type Sighting, sightingOf } from './perform.js';

interface ListableFs {
  readdirSync(path: string): string[];
  lstatSync(path: string, options: { bigint: true }): BigStats;
  readlinkSync(path: string): string;
  readFileSync(path: string, encoding: 'utf8'): string;
}

const S_IFMT = 0o170000n;
const S_IFDIR = 0o040000n;
const S_IFLNK = 0o120000n;

/** Every path below `root` (nothing for `/`), parents first, sorted by name. */
export function listing(any: AnyFs, root: string): Sighting[] {
  const fs = any as unknown as ListableFs;
  const found: Sighting[] = [];
  const visit = (path: string): void => {
    const stats = fs.lstatSync(path, { bigint: true });
    const type = stats.mode & S_IFMT;
    if (type === S_IFLNK) found.push(sightingOf(path, stats, fs.readlinkSync(path)));
    else if (type !== S_IFDIR) found.push(sightingOf(path, stats, fs.readFileSync(path, 'utf8')));
    else {
      found.push(sightingOf(path, stats));
      for (const name of fs.readdirSync(path).sort()) visit(`${path}/${name}`);
    }
  };
  for (const name of fs.readdirSync(root || '/').sort()) visit(`${root}/${name}`);
  return found;
}

/** The same as text that another tree must agree on; paths without `root`. */
export function listed(fs: AnyFs, root: string, options?: CanonicalOptions): string[] {
  const canonical = new Canonical(options);
  return listing(fs, root).map((each) => canonical.sighting({ ...each, of: each.of.slice(root.length) }));
}
