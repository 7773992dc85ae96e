/** What the random calls leave out is told in the document, by the names that it has in the code. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withoutLowerLinks } from '../union/differential/compare.js';
import { withoutIdleWhiteouts } from '../union/differential/idle-whiteouts.js';
import { LEFT_OUT } from '../union/differential/left-out.js';
import { TOLD_LESS } from '../union/differential/quirks.js';
import { ROOT } from './sources.js';

test('docs/filesystem.md lists every call that the differential test leaves out or compares less of', () => {
  const functions = [...LEFT_OUT, withoutIdleWhiteouts, withoutLowerLinks, ...TOLD_LESS];
  const page = readFileSync(join(ROOT, 'docs/filesystem.md'), 'utf8');
  const [, section = ''] = /^## What the tests leave out\n(.*?)^## /ms.exec(page) ?? [];
  const listed = [...section.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]);
  expect(listed.sort()).toEqual(functions.map(({ name }) => name).sort());
});
