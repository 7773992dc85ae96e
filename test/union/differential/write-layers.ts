/** Lists of entries as directories for overlayfs: whiteouts are devices 0:0, opaque directories have an attribute. */

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { withoutIdleWhiteouts } from './idle-whiteouts.js';
import type { Entry, Stack } from './stack.js';

/** Writes each list into a directory of its own below `base`; gives their paths, bottom first. */
export function writeLayers(stack: Stack, base: string): string[] {
  return withoutIdleWhiteouts(stack).map((entries, index) => {
    const root = `${base}/lower${index}`;
    fs.mkdirSync(root);
    writeLayer(entries, root);
    return root;
  });
}

function writeLayer(entries: readonly Entry[], root: string): void {
  for (const entry of entries) put(entry, root);
  const commands = entries.flatMap((entry) => commandsFor(entry, root, entries));
  if (commands.length > 0) execFileSync('sh', ['-e', '-c', commands.join('\n')], { cwd: '/' });
  // Children change the times of directories, so these are set last, from the leaves up.
  for (const entry of [...entries].reverse()) {
    if (isNode(entry)) fs.lutimesSync(root + entry.path, entry.mtime, entry.mtime);
  }
}

function isNode({ kind }: Entry): boolean {
  return kind === 'directory' || kind === 'file' || kind === 'symlink';
}

function put(entry: Entry, root: string): void {
  const path = root + entry.path;
  if (entry.kind === 'link') fs.linkSync(root + entry.text, path);
  if (!isNode(entry)) return;
  if (entry.kind === 'directory') fs.mkdirSync(path, { recursive: true });
  else if (entry.kind === 'file') fs.writeFileSync(path, entry.text);
  else fs.symlinkSync(entry.text, path);
  fs.lchownSync(path, entry.uid, entry.gid);
  if (entry.kind !== 'symlink') fs.chmodSync(path, entry.mode);
}

/** What Node has no call for. */
function commandsFor(entry: Entry, root: string, entries: readonly Entry[]): string[] {
  const path = `'${root}${entry.path}'`;
  if (entry.kind === 'opaque') return [`setfattr -n trusted.overlay.opaque -v y ${path}`];
  if (entry.kind === 'whiteout') {
    // What the layer itself has under the name hides what is below by being there.
    return entries.some((other) => isNode(other) && other.path === entry.path) ? [] : [`mknod ${path} c 0 0`];
  }
  return Object.entries(entry.xattrs).map(([name, value]) => `setfattr -n ${name} -v '${value}' ${path}`);
}
