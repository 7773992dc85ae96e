/** Links: what goes in comes out, within limits. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Act } from '../../src/playground/act.js';
import { decodeLink, encodeLink } from '../../src/playground/link.js';

const text = fc.string({ unit: 'binary', maxLength: 60 });
const edits = fc.array(fc.oneof(fc.record({ path: text }), fc.record({ path: text, text })), { maxLength: 3 });
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constant('type' as const), line: text, edits }),
  fc.record({ kind: fc.constant('shell' as const), container: text, line: text }),
  fc.record({ kind: fc.constant('save' as const), edits }),
  fc.record({ kind: fc.constant('answer' as const), text }),
  fc.record({ kind: fc.constant('skip' as const) }),
);
const name = text.filter((each) => each !== '__proto__');

test('every state comes back from its link', async () => {
  const files = fc.dictionary(name, text, { maxKeys: 4, noNullPrototype: true });
  await fc.assert(
    fc.asyncProperty(files, fc.array(act, { maxLength: 8 }), async (all, acts) => {
      const state = { start: { kind: 'files' as const, files: all }, acts };
      expect(await decodeLink(await encodeLink(state))).toEqual(state);
    }),
    { numRuns: 60 },
  );
});

test('the same state has the same link, in whatever order its files are', async () => {
  const link = (files: Record<string, string>): Promise<string> =>
    encodeLink({ start: { kind: 'files', files }, acts: [] });
  expect(await link({ a: '1', b: '2' })).toBe(await link({ b: '2', a: '1' }));
});

test('what does not fit into a link is refused', async () => {
  let noise = '';
  for (let at = 0; at < 20_000; at++) noise += String.fromCharCode(33 + (((at * at * 7919) % 8111) % 90));
  const state = { start: { kind: 'files' as const, files: { noise } }, acts: [] };
  await expect(encodeLink(state)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
});

test('an archive of the disk ends what a link holds', async () => {
  const acts: Act[] = [
    { kind: 'type', line: 'one' },
    { kind: 'load', name: 'x.tar', file: new Blob(['x']) },
    { kind: 'type', line: 'two' },
  ];
  const decoded = await decodeLink(await encodeLink({ start: { kind: 'lesson', id: 'layers' }, acts }));
  expect(decoded).toEqual({ start: { kind: 'lesson', id: 'layers' }, acts: [{ kind: 'type', line: 'one' }] });
});

test('what is no link of a playground is none', async () => {
  for (const fragment of ['', '#', '#pane-files', '#v', '#version']) expect(await decodeLink(fragment)).toBe(undefined);
});

test.each([
  ['#v1.', 'JSON_INVALID'],
  ['#v1.A A', 'JSON_INVALID'],
  ['#v9.AAAA', 'UNSUPPORTED'],
  [`#v1.${'A'.repeat(8190)}`, 'LIMIT_EXCEEDED'],
])('%s is refused', async (fragment, code) => {
  await expect(decodeLink(fragment)).rejects.toMatchObject({ code });
});
