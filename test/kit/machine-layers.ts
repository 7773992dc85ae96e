/** A small image of this machine, for tests of real processes. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { UnionFs } from '../../src/fs/union-fs.js';
import type { Layer } from '../../src/layer/layer.js';

/** The machine's own shell and tools, as far as the tests need them, in two layers. */
export async function machineLayers(): Promise<Layer[]> {
  const base = UnionFs.over([]);
  const programs = ['sh', 'cat', 'rm', 'mkdir', 'ls', 'id', 'chown', 'sleep', 'grep', 'ln'];
  const files = new Set<string>();
  for (const name of programs) {
    const path = execFileSync('sh', ['-c', `readlink -f "$(command -v ${name})"`], { encoding: 'utf8' }).trim();
    base.fs.mkdirSync('/bin', { recursive: true });
    base.fs.writeFileSync(`/bin/${name}`, readFileSync(path), { mode: 0o755 });
    const libraries = execFileSync('ldd', [path], { encoding: 'utf8' });
    for (const [library] of libraries.matchAll(/\/\S+/g)) files.add(library);
  }
  for (const file of files) {
    base.fs.mkdirSync(file.slice(0, file.lastIndexOf('/')), { recursive: true });
    base.fs.writeFileSync(file, readFileSync(file), { mode: 0o755 });
  }
  base.fs.mkdirSync('/etc');
  base.fs.writeFileSync('/etc/passwd', 'root:x:0:0::/root:/bin/sh\nmaria:x:1000:1001::/home/maria:/bin/sh\n');
  base.fs.writeFileSync('/etc/group', 'root:x:0:\nstaff:x:50:maria\n');
  base.fs.mkdirSync('/old/deep', { recursive: true });
  base.fs.writeFileSync('/old/deep/file', 'lower');
  const lower = await base.toLayer();
  const next = UnionFs.over([lower]);
  next.fs.rmSync('/old/deep/file');
  next.fs.writeFileSync('/old/other', 'x');
  return [lower, await next.toLayer()];
}
