/** What the worker works out, without a browser: lines, rows, look-ups, and the news of an act. */

import '../../src/node/platform.js';
import { describe, expect, test } from 'vitest';
import { StratumError } from '../../src/base/error.js';
import type { Act, Moment } from '../../src/playground/act.js';
import type { RowsRequest, Target } from '../../src/playground/messages.js';
import { FIRST_START } from '../../src/playground/start.js';
import type { MomentView } from '../../src/playground/view.js';
import { parseOptions, splitLine } from '../../src/playground/worker/command-line.js';
import { History } from '../../src/playground/worker/history.js';
import { lookUp } from '../../src/playground/worker/lookup.js';
import { RowReader } from '../../src/playground/worker/rows.js';
import { shellRuntime } from '../../src/shell/runtime.js';

/** A learner without a page. */
class Desk {
  readonly history: History = new History({ runtime: shellRuntime(), onOutput: () => {}, onProgress: () => {} });
  line: Moment[] = [];

  static async begin(): Promise<Desk> {
    const desk = new Desk();
    await desk.history.open(FIRST_START, []);
    return desk;
  }

  async do(act: Act): Promise<MomentView> {
    const id = Math.max(0, ...this.line.map((moment) => moment.id)) + 1;
    this.line = [...this.line, { id, parent: this.line.at(-1)?.id ?? 0, act }];
    return this.history.do(this.line);
  }

  type(line: string): Promise<MomentView> {
    return this.do({ kind: 'type', line });
  }

  shell(container: string, line: string): Promise<MomentView> {
    return this.do({ kind: 'shell', container, line });
  }

  rows(target: Target, options: Partial<RowsRequest> = {}): string[] {
    const moment = this.line.at(-1)?.id ?? 0;
    const request: RowsRequest = {
      moment,
      target,
      mode: 'merged',
      toggled: [],
      expandAll: true,
      filter: '',
      from: 0,
      count: 1000,
      ...options,
    };
    const { rows } = new RowReader().read(this.history.slabs(moment, target), request);
    return rows.map(({ path, owner, change, hidden }) =>
      [path, owner, change ?? '', hidden.map(({ slab, sizeBytes }) => `${slab}:${sizeBytes}`).join(' ')]
        .join(' ')
        .trim(),
    );
  }
}

describe('a line', () => {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: that nobody fills these in is what is tested
  test.each([
    ['a  b', ['a', 'b']],
    [`run sh -c 'echo "$X" > /a b'`, ['run', 'sh', '-c', 'echo "$X" > /a b']],
    [`"a $NAME" b\\ c ''`, ['a value', 'b c', '']],
    ['$OTHER ${NAME}', ['$OTHER', '${NAME}']],
  ])('%s', (line, words) => {
    expect(splitLine(line, { NAME: 'value' })).toEqual(words);
  });
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above

  test('with an open quote is refused', () => {
    expect(() => splitLine(`echo 'x`, {})).toThrow(StratumError);
  });

  test('has options that are flags, values, and several letters in one', () => {
    const spec = { flags: { '-i': 'i', '-t': 't' }, values: { '--name': 'name' }, stopsAtOperand: true };
    const { flags, operands, last } = parseOptions('run', ['-it', '--name=web', 'image', 'ls', '-l'], spec);
    expect([[...flags], last('name'), operands]).toEqual([['i', 't'], 'web', ['image', 'ls', '-l']]);
    expect(() => parseOptions('run', ['--unknown'], spec)).toThrow('run knows no option --unknown here');
    expect(() => parseOptions('run', ['--name'], spec)).toThrow('run --name needs a value');
  });
});

describe('rows', () => {
  test('say who owns a path, what it hides, and what is gone and still stored', async () => {
    const desk = await Desk.begin();
    await desk.type('stratum run -it --name web tiny:1 sh');
    const view = await desk.shell('web', 'echo more >> /etc/motd; rm /etc/group; mkdir /new');
    const target: Target = { kind: 'container', id: view.containers[0]?.id ?? '' };
    const rows = desk.rows(target);
    expect(rows).toContain('/etc/motd 4 C 1:25');
    expect(rows).toContain('/etc/group 4 D 1:24');
    expect(rows).toContain('/new 4 A');
    expect(rows).toContain('/bin/sh 0');
    expect(desk.rows(target, { mode: 4 })).toEqual([
      '/etc 4 C',
      '/etc/group 4 D 1:24',
      '/etc/motd 4 C 1:25',
      '/new 4 A',
    ]);
    expect(desk.rows(target, { filter: 'MOTD' })).toEqual(['/etc/motd 4 C 1:25']);
    expect(desk.rows(target, { expandAll: false, toggled: ['/bin'] })).toContain('/bin/sh 0');
    expect(desk.rows(target, { from: 1, count: 1 })).toEqual(['/bin/cat 0']);
  });

  test('of a moment stay what they were', async () => {
    const desk = await Desk.begin();
    await desk.type('stratum run -it --name web tiny:1 sh');
    const { containers } = await desk.shell('web', 'echo one > /one');
    const target: Target = { kind: 'container', id: containers[0]?.id ?? '' };
    const before = desk.history.slabs(2, target);
    await desk.shell('web', 'rm /one; echo two > /two');
    expect(lookUp(before, '/one').answer).toBe('/one comes from the upper.');
    expect(lookUp(before, '/two').answer).toBe('/two is in none of them.');
    expect(lookUp(desk.history.slabs(3, target), '/one').answer).toBe('/one is in none of them.');
  });
});

test('the same acts give the same digests, in another engine too', async () => {
  const acts: readonly Act[] = [
    { kind: 'type', line: 'stratum build -t app:1 .' },
    { kind: 'type', line: 'stratum run -it --name web app:1 sh' },
    { kind: 'shell', container: 'web', line: 'echo x > /x; mkdir -p /a/b' },
    { kind: 'type', line: 'stratum commit web site:1' },
  ];
  const ends: MomentView[] = [];
  for (let times = 0; times < 2; times++) {
    const desk = await Desk.begin();
    for (const act of acts) ends[times] = await desk.do(act);
  }
  const [first, second] = ends;
  expect(first?.images.map(({ digest }) => digest)).toEqual(second?.images.map(({ digest }) => digest));
  expect(first?.containers[0]?.id).toBe(second?.containers[0]?.id);
  expect(new Set(first?.images.map(({ digest }) => digest)).size).toBe(3);
});

describe('bad input', () => {
  test.each([
    ['nonsense', 'USAGE'],
    ['stratum', undefined],
    ['stratum nonsense', 'USAGE'],
    ['stratum __proto__', 'USAGE'],
    ['stratum build', 'USAGE'],
    ['stratum build ../..', 'USAGE'],
    ['stratum run no-such-image', 'IMAGE_UNKNOWN'],
    ['stratum run -v /etc:/etc tiny:1 sh', 'USAGE'],
    ['stratum push tiny:1', 'REGISTRY_UNREACHABLE'],
    ['stratum rm nobody', 'CONTAINER_UNKNOWN'],
    ['stratum tag tiny:1 UPPER CASE', 'NAME_INVALID'],
    [`stratum inspect -f '{{range .}}' tiny:1`, 'USAGE'],
    ['echo > ../outside', 'USAGE'],
  ])('%s', async (line, code) => {
    const desk = await Desk.begin();
    const view = await desk.type(line);
    expect(view.trouble?.code).toBe(code);
    expect(view.images.map(({ name }) => name)).toEqual(['tiny:1']);
  });

  test('a path that leads out of the directory is no file of it', async () => {
    const desk = await Desk.begin();
    for (const path of ['', '/etc/passwd', '../x', 'a/../b', 'a//b']) {
      const view = await desk.do({ kind: 'save', edits: [{ path, text: 'x' }] });
      expect(view.trouble?.code, path).toBe('USAGE');
    }
  });
});
