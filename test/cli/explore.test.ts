/** The explorer without a terminal: keys, what they do to the model, and the lines that are drawn of it. */

import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
import { analyzeStack } from '../../src/analysis/analyze.js';
import { decodeKeys, type Key } from '../../src/cli/explore/keys.js';
import { type ExplorerModel, type Size, startModel } from '../../src/cli/explore/model.js';
import { changedLines } from '../../src/cli/explore/terminal.js';
import { ComparedTrees } from '../../src/cli/explore/tree-rows.js';
import { resize, update } from '../../src/cli/explore/update.js';
import { view } from '../../src/cli/explore/view.js';
import { columnsOf, fitColumns, visibleText } from '../../src/cli/visible-text.js';
import { type Lines, stackOf } from '../analysis/kit.js';
import { member } from '../layer/layers.js';

const SIZE: Size = { columns: 100, rows: 30 };
const PLAIN = pc.createColors(false);
const PAINTED = pc.createColors(true);
const IMAGE: readonly Lines[] = [
  ['d bin', 'f bin/sh shell', 'd etc', 'f etc/motd hello', 'f etc/old old'],
  ['d app', 'f app/main program', 'f etc/motd other', 'f etc/.wh.old'],
  ['f app/main longer program'],
];

async function start(layers: readonly Lines[] = IMAGE, size: Size = SIZE): Promise<ExplorerModel> {
  const stack = await stackOf(layers);
  return startModel(stack, analyzeStack(stack), size);
}

/** Presses keys, by what a terminal sends for them. */
function press(model: ExplorerModel, text: string): ExplorerModel {
  let now = model;
  for (const key of decodeKeys(text)) {
    const next = update(now, key);
    if (next === 'quit') throw new Error('it quit');
    now = next;
  }
  return now;
}

/** The rows of the tree as letters and paths. */
function rows({ treeRows }: ExplorerModel): string[] {
  const letters = { added: 'A', removed: 'R', modified: 'M', unmodified: '-' };
  return treeRows.map(({ kind, path }) => `${letters[kind]} ${path}`);
}

const DOWN = '\u001b[B';
const TAB = '\t';
const ctrl = (letter: string): string => String.fromCharCode(letter.charCodeAt(0) - 0x60);

describe('keys', () => {
  const named = (text: string): string[] => decodeKeys(text).map(({ name, ctrl: held }) => (held ? `^${name}` : name));

  test.each<[string, string[]]>([
    ['\u001b[A\u001bOB\u001b[5~\u001b[Z', ['up', 'down', 'pageup', 'backtab']],
    ['\u001b[1;5C\u001b[6;2~', ['right', 'pagedown']],
    ['\u0003\u0006\u0000', ['^c', '^f', '^space']],
    ['a é😀\t\r\u007f', ['a', 'space', 'é', '😀', 'tab', 'enter', 'backspace']],
    ['\u001b', ['escape']],
    ['\u001b\u001b[A', ['escape', 'up']],
    ['\u001b[200~x\u001b[<0;1;1M', ['x']],
  ])('%j is %j', (text, keys) => expect(named(text)).toEqual(keys));

  test('are found in whatever arrives', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const { name } of decodeKeys(text)) expect(name).not.toBe('');
      }),
    );
  });
});

describe('the tree', () => {
  test('shows what a layer adds, changes and removes', async () => {
    const model = await start();
    expect(rows(model)).toEqual(['A /bin', 'A /bin/sh', 'A /etc', 'A /etc/motd', 'A /etc/old']);
    expect(rows(press(model, DOWN))).toEqual([
      'A /app',
      'A /app/main',
      '- /bin',
      '- /bin/sh',
      'M /etc',
      'M /etc/motd',
      'R /etc/old',
    ]);
    expect(rows(press(model, DOWN + DOWN))).toEqual([
      'M /app',
      'M /app/main',
      '- /bin',
      '- /bin/sh',
      '- /etc',
      '- /etc/motd',
    ]);
  });

  test('shows all layers since the lowest with ctrl+a, and one again with ctrl+l', async () => {
    const all = press(await start(), DOWN + DOWN + ctrl('a'));
    expect(rows(all)).toEqual(['A /app', 'A /app/main', '- /bin', '- /bin/sh', 'M /etc', 'M /etc/motd', 'R /etc/old']);
    expect(rows(press(all, ctrl('l')))).toContain('M /app');
  });

  test.each([
    ['a', ['- /bin', '- /bin/sh', 'M /etc', 'M /etc/motd', 'R /etc/old']],
    ['r', ['A /app', 'A /app/main', '- /bin', '- /bin/sh', 'M /etc', 'M /etc/motd']],
    ['m', ['A /app', 'A /app/main', '- /bin', '- /bin/sh', 'M /etc', 'R /etc/old']],
    ['u', ['A /app', 'A /app/main', 'M /etc', 'M /etc/motd', 'R /etc/old']],
  ])('hides a kind with ctrl+%s, and shows it again', async (letter, left) => {
    const model = press(await start(), DOWN + TAB);
    const hidden = press(model, ctrl(letter));
    // A directory stays while something in it is shown.
    expect(rows(hidden)).toEqual(left);
    expect(rows(press(hidden, ctrl(letter)))).toEqual(rows(model));
    expect(rows(press(model, letter))).toEqual(left);
  });

  test('is filtered by path with ctrl+f, enter keeps the filter, escape drops it', async () => {
    const typing = press(await start(), `${DOWN}${ctrl('f')}MOT`);
    expect(rows(typing)).toEqual(['M /etc', 'M /etc/motd']);
    expect(typing.isTyping).toBe(true);
    const kept = press(typing, 'D\u007f\r');
    expect([kept.isTyping, kept.pane, kept.options.filter]).toEqual([false, 'tree', 'MOT']);
    expect(rows(press(kept, '\u001b'))).toHaveLength(7);
    expect(rows(press(typing, 'nothing of that'))).toEqual([]);
    expect(press(typing, 'q').options.filter).toBe('MOTq');
  });

  test('closes and opens directories with space, left and right, and all with ctrl+space', async () => {
    const model = press(await start(), TAB);
    const closed = press(model, ' ');
    expect(rows(closed)).toEqual(['A /bin', 'A /etc', 'A /etc/motd', 'A /etc/old']);
    expect(rows(press(closed, '\u001b[C'))).toEqual(rows(model));
    expect(rows(press(model, '\u001b[D'))).toEqual(rows(closed));
    expect(press(press(model, DOWN), '\u001b[D').tree.cursor).toBe(0);
    const none = press(model, '\u0000');
    expect(rows(none)).toEqual(['A /bin', 'A /etc']);
    expect(rows(press(none, '\u0000'))).toEqual(rows(model));
  });

  test('shows a closed directory as long as the filter finds something in it', async () => {
    const closed = press(await start(), `${TAB} ${ctrl('f')}sh\r`);
    expect(rows(closed)).toEqual(['A /bin']);
    expect(rows(press(closed, `${ctrl('f')}x\r`))).toEqual([]);
  });

  test('orders by size with ctrl+o', async () => {
    const model = press(await start([['f a 1', 'd b', 'f b/x 12', 'f b/y 123', 'f c 1234']]), `${TAB}${ctrl('o')}`);
    expect(rows(model)).toEqual(['A /b', 'A /b/y', 'A /b/x', 'A /c', 'A /a']);
  });

  test('keeps the cursor on its path when the layer changes', async () => {
    const model = press(await start(), `${TAB}${DOWN}${DOWN}${DOWN}`);
    expect(model.treeRows[model.tree.cursor]?.path).toBe('/etc/motd');
    const next = press(model, `${TAB}${TAB}${DOWN}`);
    expect(next.treeRows[next.tree.cursor]?.path).toBe('/etc/motd');
  });

  test('has the rows of a plain comparison, whatever the two trees', async () => {
    const files = fc.subarray(['f a 1', 'f b/c 2', 'f b/d 3', 'f b/e/f 4', 'f g 5']);
    await fc.assert(
      fc.asyncProperty(files, files, async (first, second) => {
        const gone = first
          .filter((line) => !second.includes(line))
          .map((line) => line.replace(/([^/ ]+) \d$/, '.wh.$1'));
        const added = second.filter((line) => !first.includes(line));
        const [below, above] = (await stackOf([first, [...gone, ...added]])).layers;
        const options = { closed: new Set<string>(), hidden: new Set<never>(), filter: '', order: 'name' as const };
        const shown = new ComparedTrees(below?.tree, above?.tree).rows(options).filter(({ node }) => 'size' in node);
        const paths = (lines: readonly string[]): string[] => lines.map((line) => `/${line.split(' ')[1]}`);
        const expected = paths([...new Set([...first, ...second])])
          .sort()
          .map((path) => {
            if (!paths(second).includes(path)) return `removed ${path}`;
            return `${paths(first).includes(path) ? 'unmodified' : 'added'} ${path}`;
          });
        expect(shown.map(({ kind, path }) => `${kind} ${path}`)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the model', () => {
  test('leaves with q and ctrl+c, also while a filter is typed', async () => {
    const model = await start();
    const key = (name: string, held = false): Key => ({ name, ctrl: held });
    expect(update(model, key('q'))).toBe('quit');
    expect(update(model, key('c', true))).toBe('quit');
    expect(update(press(model, ctrl('f')), key('c', true))).toBe('quit');
  });

  test('goes round the panes with tab', async () => {
    const model = await start();
    expect([TAB, TAB + TAB, TAB + TAB + TAB, '\u001b[Z'].map((keys) => press(model, keys).pane)).toEqual([
      'tree',
      'wasted',
      'layers',
      'wasted',
    ]);
  });

  test('keeps every cursor in its list and in sight, whatever is pressed', async () => {
    const first = await start();
    const keys = fc.constantFrom(
      'up',
      'down',
      'left',
      'right',
      'pageup',
      'pagedown',
      'home',
      'end',
      'tab',
      'space',
      'enter',
      'a',
      'r',
      'u',
      'o',
      'b',
      '/',
      'x',
      'escape',
      'backspace',
    );
    const step = fc.oneof(
      { weight: 8, arbitrary: fc.record({ name: keys, ctrl: fc.boolean() }) },
      {
        weight: 1,
        arbitrary: fc.record({ columns: fc.integer({ min: 1, max: 200 }), rows: fc.integer({ min: 1, max: 60 }) }),
      },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let model = first;
        for (const each of steps) {
          const next = 'columns' in each ? resize(model, each) : update(model, each);
          if (next === 'quit') return;
          model = next;
          const lines = view(model, PLAIN);
          expect(lines).toHaveLength(model.size.rows);
          for (const line of lines) expect(columnsOf(line)).toBe(model.size.columns);
          const { cursor, top } = model.tree;
          expect(cursor >= top && top >= 0 && cursor < Math.max(1, model.treeRows.length)).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('the lines', () => {
  test('tell the layers, the layer, the image, what is wasted, and the tree', async () => {
    const text = view(press(await start(), DOWN), PLAIN).join('\n');
    for (const part of [
      '▸  2',
      'step 2',
      '+2 added',
      '-1 removed',
      'efficiency 0.',
      'Wasted (3)',
      'overwritten by 3',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).toMatch(/M -rw-r--r-- 0:0 +5B {4}├─ motd/);
    expect(text).toMatch(/R -rw-r--r-- 0:0 +3B {4}└─ old/);
  });

  test('say by letters what they say by colours', async () => {
    const model = press(await start(), DOWN);
    const painted = view(model, PAINTED);
    expect(painted.join('')).toContain('\u001b[31m');
    expect(painted.map(stripVTControlCharacters)).toEqual(view(model, PLAIN));
  });

  test('show one side where there is no room for both', async () => {
    const narrow = await start(IMAGE, { columns: 40, rows: 20 });
    expect(view(narrow, PLAIN).join('\n')).toContain('Layers of');
    const tree = view(press(narrow, TAB), PLAIN).join('\n');
    expect(tree).toContain('motd');
    expect(tree).not.toContain('Layers of');
  });

  test('are as wide as the screen and hold nothing that a terminal obeys, whatever files are called', async () => {
    const name = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 20 })
      .map((text) => text.replace(/[/\0\ud800-\udfff]/g, '') || 'x')
      .filter((text) => !/^(\.|\.\.|\.wh\..*)$/.test(text));
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(name, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 20, max: 160 }),
        async (names, columns) => {
          const model = await start([names.map((path) => member('f x', { path }))], { columns, rows: 20 });
          for (const now of [model, press(model, TAB)]) {
            for (const line of view(now, PAINTED)) {
              const text = stripVTControlCharacters(line);
              expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
              expect(columnsOf(text)).toBe(columns);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('are drawn again only where they changed', () => {
    expect(changedLines(['a', 'b', 'c'], ['a', 'x', 'c'])).toBe('\u001b[2;1Hx');
    expect(changedLines([], ['a'])).toBe('\u001b[1;1Ha');
  });
});

describe('a large image', () => {
  test('scrolls through 100,000 entries without looking at all of them', async () => {
    const layer = (from: number): Lines =>
      Array.from({ length: 10_000 }, (_, at) => `f d${at % 100}/e${at % 1000}/f${from + at} ${at}`);
    const layers = Array.from({ length: 10 }, (_, at) => layer(at * 10_000));
    let model = press(await start(layers), `\u001b[F${TAB}`);
    expect(model.treeRows.length).toBeGreaterThan(100_000);
    const before = performance.now();
    for (let at = 0; at < 200; at++) model = press(model, '\u001b[6~');
    const pages = performance.now() - before;
    const looked: number[] = [];
    const watched = new Proxy(model.treeRows, {
      get: (target, property, self) => {
        if (typeof property === 'string' && /^\d+$/.test(property)) looked.push(Number(property));
        return Reflect.get(target, property, self);
      },
    });
    const text = view({ ...model, treeRows: watched }, PLAIN).join('\n');
    expect(text).toContain(model.treeRows[model.tree.cursor]?.name);
    expect(looked.length).toBeLessThanOrEqual(SIZE.rows);
    // 200 screens; 16 ms each is what the eye takes for smooth.
    expect(pages).toBeLessThan(200 * 16);
  }, 60_000);
});

describe('text of others', () => {
  test.each<[string, string]>([
    ['plain é 漢 😀', 'plain é 漢 😀'],
    ['\u001b[31m\u0007', '\\u001b[31m\\u0007'],
    ['a\nb\tc', 'a\\nb\\tc'],
    ['\u202eevil', '\\u202eevil'],
    ['\u009b31m', '\\u009b31m'],
    ['\udcff', '\\xff'],
    ['\ud800', '\\ud800'],
    ['\u{e0041}', '\\u{e0041}'],
  ])('%j is shown as %s', (text, shown) => expect(visibleText(text)).toBe(shown));

  test.each<[string, number]>([
    ['abc', 3],
    ['漢字', 4],
    ['e\u0301', 1],
    ['😀', 2],
  ])('%s takes %d columns', (text, columns) => expect(columnsOf(text)).toBe(columns));

  test('is cut to columns, not to characters', () => {
    expect(['abcdef', '漢字漢字', 'ab'].map((text) => fitColumns(text, 4))).toEqual(['abc…', '漢… ', 'ab  ']);
    expect(fitColumns('abc', 0)).toBe('');
  });
});
