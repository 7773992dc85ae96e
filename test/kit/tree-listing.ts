/** Lists a directory on disk line by line, with all that an image keeps of a file, so that two can be compared. */

import { createHash } from 'node:crypto';
import { type BigIntStats, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.js';

/** One line a path: type, mode, owner, mtime, link count, size and hash or target or device, xattrs. */
export async function treeListing(root: string): Promise<string[]> {
  const xattrs = await xattrsBelow(root);
  const groups = new Map<bigint, string>();
  const lines: string[] = [];
  const visit = (path: string): void => {
    const file = join(root, path);
    const stat = lstatSync(file, { bigint: true });
    const extended = xattrs.get(path) ?? '';
    lines.push(
      `${path} ${mode(stat)} ${stat.uid}:${stat.gid} ${stat.mtimeNs} ${detail(file, stat)} ${group(groups, stat, path)} ${extended}`,
    );
    if (stat.isDirectory()) for (const name of readdirSync(file).sort()) visit(join(path, name));
  };
  for (const name of readdirSync(root).sort()) visit(`/${name}`);
  return lines;
}

function mode(stat: BigIntStats): string {
  return stat.mode.toString(8);
}

function detail(file: string, stat: BigIntStats): string {
  if (stat.isSymbolicLink()) return `-> ${readlinkSync(file)}`;
  if (stat.isFile()) return `${stat.size} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`;
  return stat.isDirectory() ? '' : `device ${stat.rdev}`;
}

/** The link count, and the first name of the inode. */
function group(groups: Map<bigint, string>, stat: BigIntStats, path: string): string {
  if (stat.isDirectory()) return '';
  const first = groups.get(stat.ino) ?? path;
  groups.set(stat.ino, first);
  return `links ${stat.nlink} of ${first}`;
}

/** Extended attributes by path, but for those that tools keep for themselves. */
async function xattrsBelow(root: string): Promise<Map<string, string>> {
  const text = await run('getfattr', ['-R', '-P', '-h', '-d', '-m', '-', '-e', 'hex', '--absolute-names', root]);
  const found = new Map<string, string>();
  for (const block of text.split('\n\n')) {
    const [head = '', ...values] = block.split('\n').filter((line) => line !== '');
    const kept = values.filter((line) => !/^(user\.umoci|trusted\.overlay|user\.rootlesscontainers)/.test(line));
    if (head.startsWith('# file: ') && kept.length > 0)
      found.set(head.slice(`# file: ${root}`.length), kept.sort().join(','));
  }
  return found;
}
