/** Archives to be loaded into the page. */

import '../../src/node/platform.js';
import { collectBytes } from '../../src/base/stream.js';
import { Engine } from '../../src/engine/engine.js';
import { UnionFs } from '../../src/fs/union-fs.js';

/** One image of one layer, as an OCI archive of plain tars. */
export async function archiveOf(name: string, fill: (union: UnionFs) => void): Promise<Uint8Array> {
  const union = UnionFs.over([]);
  fill(union);
  const engine = await Engine.open();
  await engine.import((await union.toLayer()).tar(), { ref: name, sourceDateEpoch: 0 });
  return collectBytes(engine.save([name]));
}

/** What a browser would obey if it took it for markup, and what would turn a line around. */
export const HOSTILE_NAMES: readonly string[] = [
  '<img src=x onerror=hacked()>',
  '"><svg onload=hacked()>',
  "javascript:hacked('x')",
  '{{constructor.constructor("hacked()")()}}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that nobody fills this in is what is looked at
  '${hacked()}',
  'right\u202eto-left.txt',
  'line\nbreak',
];

export function hostileImage(): Promise<Uint8Array> {
  return archiveOf('hostile:1', ({ fs }) => {
    fs.mkdirSync('/bin');
    fs.writeFileSync('/bin/sh', '', { mode: 0o755 });
    for (const name of HOSTILE_NAMES) fs.writeFileSync(`/${name}`, `content of ${name}`);
    fs.symlinkSync('<b onmouseover=hacked()>', '/link');
  });
}

/** So many files as a large image has, and 50 MB of content that nothing makes smaller. */
export function largeImage(): Promise<Uint8Array> {
  return archiveOf('large:1', ({ fs }) => {
    for (let directory = 0; directory < 100; directory++) {
      const path = `/usr/share/doc/package-${directory}`;
      fs.mkdirSync(path, { recursive: true });
      for (let file = 0; file < 1000; file++) fs.writeFileSync(`${path}/file-${file}`, '');
    }
    const noise = new Uint8Array(50_000_000);
    for (let at = 0, state = 1; at < noise.length; at++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      noise[at] = state >>> 16;
    }
    fs.writeFileSync('/large', noise);
  });
}
