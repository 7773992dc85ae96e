/** A directory of the machine as a build context. */

import '../../src/node/platform.js';
import {
  appendFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pathPatterns } from '../../src/dockerfile/ignore.js';
import { fileDigestMemory } from '../../src/node/build/digest-memory.js';
import { hostContext } from '../../src/node/build/host-context.js';
import type { FileNode, SymlinkNode, TreeNode } from '../../src/tree/node.js';
import { nodeAt } from '../../src/tree/root-path.js';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stratum-context-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const at = (name: string): string => join(directory, name);

async function nodeOf(path: string): Promise<TreeNode | undefined> {
  return nodeAt((await hostContext(directory).files(undefined)).tree.root, path);
}

describe('hostContext', () => {
  test('lists files as root owns them, and links as links', async () => {
    mkdirSync(at('d'));
    writeFileSync(at('d/a'), 'x', { mode: 0o640 });
    linkSync(at('d/a'), at('d/b'));
    symlinkSync('/etc/passwd', at('out'));
    const { tree } = await hostContext(directory).files(undefined);
    expect(nodeAt(tree.root, '/d/a')).toMatchObject({ uid: 0, gid: 0, size: 1, mode: 0o100640 });
    expect(nodeAt(tree.root, '/d/b')).toBe(nodeAt(tree.root, '/d/a'));
    expect((nodeAt(tree.root, '/out') as SymlinkNode).target).toBe('/etc/passwd');
  });

  test('leaves out what is ignored, and keeps the way to what is not', async () => {
    mkdirSync(at('a/b'), { recursive: true });
    mkdirSync(at('other'));
    for (const name of ['a/x', 'a/b/keep', 'other/y']) writeFileSync(at(name), '');
    const { tree } = await hostContext(directory).files(pathPatterns(['a', 'other', '!a/b/keep']));
    expect(['/a/b/keep', '/a/x', '/other'].map((path) => nodeAt(tree.root, path) !== undefined)).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('does not take a file that was changed for the one that it listed', async () => {
    writeFileSync(at('a'), 'one');
    const file = (await nodeOf('/a')) as FileNode;
    appendFileSync(at('a'), 'two');
    expect(() => file.bytes.read(0, 3)).toThrow('a file of the context was changed during the build');
    rmSync(at('a'));
    symlinkSync('/etc/passwd', at('a'));
    expect(() => file.bytes.read(0, 3)).toThrow();
  });

  test('reads a file again only when it was changed', async () => {
    writeFileSync(at('a'), 'one');
    utimesSync(at('a'), 1, 1);
    const path = at('memory.json');
    const later = () => Date.now() + 60_000;
    const digest = async (): Promise<string> => {
      const context = hostContext(directory, await fileDigestMemory(path, later));
      const { tree, digest: of } = await context.files(pathPatterns(['memory.json']));
      const found = of(nodeAt(tree.root, '/a') as FileNode);
      await context.close?.();
      return found;
    };
    const first = await digest();
    // What is remembered is believed: a wrong entry shows that the file was not read.
    const { readFileSync } = await import('node:fs');
    writeFileSync(path, readFileSync(path, 'utf8').replace(first, 'remembered'));
    expect(await digest()).toBe('remembered');
    writeFileSync(at('a'), 'two');
    expect(await digest()).not.toBe('remembered');
  });

  test('fails for what is no directory', () => {
    writeFileSync(at('file'), '');
    for (const name of ['file', 'none']) {
      expect(() => hostContext(at(name))).toThrow(`path ${JSON.stringify(at(name))} not found`);
    }
  });
});
