/** Archives out of the page and into it, with skopeo between. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { isMet, requires } from '../kit/requires.js';
import { run } from '../kit/run.js';
import { Browser } from './learner.js';

let browser: Browser | undefined;
const folder = mkdtempSync(join(tmpdir(), 'stratum-page-peers-'));

beforeAll(async () => {
  if (isMet('chromium')) browser = await Browser.open();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

requires('chromium', 'skopeo')(
  'what was built is exported as an archive that skopeo reads; what skopeo makes of it is loaded again with the same layers',
  async () => {
    if (browser === undefined) throw new Error('there is no browser');
    const learner = await browser.visit();
    await learner.build();
    const diffIds = await learner.diffIds('app:1');
    expect(diffIds).toMatch(/sha256:[0-9a-f]{64}/);
    const exported = join(folder, 'app.tar');
    await learner.export('app:1', exported);
    const config = await run('skopeo', ['inspect', '--config', '--raw', `oci-archive:${exported}`]);
    expect(JSON.parse(config).config.Cmd).toEqual(['cat', 'sorted.txt']);

    const docker = join(folder, 'docker.tar');
    await run('skopeo', ['copy', '-q', `oci-archive:${exported}`, `docker-archive:${docker}:again:1`]);
    const other = await browser.visit();
    await other.load('docker.tar', readFileSync(docker));
    await other.sees('.image-name', 'again:1');
    await other.line('stratum run --name c again:1 cat sorted.txt');
    expect(await other.text('.pane-console .said:last-of-type pre')).toBe('container\ndigest\nlayer\nwhiteout\n');
    expect(await other.diffIds('again:1')).toBe(diffIds);

    const zstd = join(folder, 'zstd.tar');
    const as = ['--dest-compress', '--dest-compress-format', 'zstd'];
    await run('skopeo', ['copy', '-q', ...as, `docker-archive:${docker}`, `oci-archive:${zstd}:zstd:1`]);
    expect(await run('skopeo', ['inspect', '--raw', `oci-archive:${zstd}`])).toContain('tar+zstd');
    const third = await browser.visit();
    await third.load('zstd.tar', readFileSync(zstd));
    expect(await third.diffIds('zstd:1')).toBe(diffIds);
  },
  120_000,
);
