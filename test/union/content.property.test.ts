import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Content } from '../../src/union/content.js';
import { LeveledMap } from '../../src/union/leveled-map.js';

interface File {
  content: Content;
  model: Uint8Array;
  owner: object;
}

const position = fc.nat(300);
const step = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), at: position, bytes: fc.uint8Array({ maxLength: 80 }) }),
  fc.record({ kind: fc.constant('truncate' as const), at: position }),
  fc.record({ kind: fc.constant('fork' as const) }),
);

function resized(bytes: Uint8Array, size: number): Uint8Array {
  const copy = new Uint8Array(size);
  copy.set(bytes.subarray(0, size));
  return copy;
}

function written(model: Uint8Array, at: number, bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) return model;
  const copy = resized(model, Math.max(model.length, at + bytes.length));
  copy.set(bytes, at);
  return copy;
}

it('holds what an array of bytes would hold, in every fork', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.array(fc.tuple(fc.nat(), step), { maxLength: 40 }),
      (low, steps) => {
        const lower = { read: (offset: number, length: number) => low.slice(offset, offset + length) };
        const content = Content.over(lower as Parameters<typeof Content.over>[0], 0, low.length);
        const files: File[] = [{ content, model: low.slice(), owner: {} }];
        for (const [pick, action] of steps) {
          const file = files[pick % files.length] as File;
          if (action.kind === 'fork') {
            file.owner = {};
            files.push({ content: file.content.clone(), model: file.model, owner: {} });
          } else if (action.kind === 'truncate') {
            file.content.truncate(action.at);
            file.model = resized(file.model, action.at);
          } else {
            file.content.write(action.bytes, action.at, file.owner);
            file.model = written(file.model, action.at, action.bytes);
          }
          for (const each of files) expect([...each.content.whole()]).toEqual([...each.model]);
        }
      },
    ),
  );
});

it('maps as Map does, in every fork', () => {
  const act = fc.tuple(fc.nat(), fc.constantFrom('set', 'delete', 'fork'), fc.nat(12), fc.nat());
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const maps = [{ ours: new LeveledMap<number, number>(), model: new Map<number, number>() }];
      for (const [pick, kind, key, value] of acts) {
        const { ours, model } = maps[pick % maps.length] as (typeof maps)[number];
        if (kind === 'fork') maps.push({ ours: ours.fork(), model: new Map(model) });
        else if (kind === 'set') [ours.set(key, value), model.set(key, value)];
        else [ours.delete(key), model.delete(key)];
      }
      for (const { ours, model } of maps) {
        expect(new Map(ours.entries())).toEqual(model);
        for (let key = 0; key <= 12; key++) expect(ours.get(key)).toBe(model.get(key));
      }
    }),
  );
});
