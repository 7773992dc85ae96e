import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawCharts } from '../../bench/charts.js';
import { fillDocument } from '../../bench/report.js';
import { mergeResults, type Results, readResults } from '../../bench/results.js';

const machine = { processor: 'p', cores: 2, memoryBytes: 2 ** 30, system: 's', node: 'v', v8: 'v', date: '2026-01-01' };

function results(name: string, figure: number): Results {
  const row = { bench: 'b <&>', subject: 'stratum', at: '', unit: 'ns' as const, rounds: [figure] };
  return { machine, groups: [{ name, about: `About ${name}`, date: '', seconds: 1, rows: [row], skips: [] }] };
}

const DOCUMENT = 'above\n<!-- figures: written by npm run bench -->\nold\n<!-- end of figures -->\nbelow\n';

describe('report', () => {
  it('replaces what stands between the markers, and nothing else', () => {
    const filled = fillDocument(DOCUMENT, results('fork', 1234));
    expect(filled).toMatch(/^above\n[\s\S]*1\.23 µs[\s\S]*\nbelow\n$/);
    expect(filled).not.toContain('old');
  });
  it('gives the same document again for the same results', () => {
    const once = fillDocument(DOCUMENT, results('fork', 1));
    expect(fillDocument(once, results('fork', 1))).toBe(once);
  });
  it('fails on a document without markers', () => expect(() => fillDocument('', results('fork', 1))).toThrow(/marker/));

  it('keeps the groups of the same machine that were not run again', () => {
    const merged = mergeResults(results('fork', 1), results('apply', 2), ['apply', 'fork']);
    expect(merged.groups.map(({ name }) => name)).toEqual(['apply', 'fork']);
  });
  it('drops the figures of another machine', () => {
    const other = { ...results('fork', 1), machine: { ...machine, cores: 64 } };
    expect(mergeResults(other, results('apply', 2), ['apply', 'fork']).groups.map(({ name }) => name)).toEqual([
      'apply',
    ]);
  });

  it('draws charts that escape their labels and follow the colour scheme', () => {
    const [svg] = drawCharts(results('fork', 5)).values();
    expect(svg).toContain('b &lt;&amp;&gt;');
    expect(svg).toContain('prefers-color-scheme:dark');
  });
});

describe('docs/benchmarks.md', () => {
  const saved = readResults('docs/bench/results.json');
  it.runIf(saved)('shows the saved results', () => {
    const document = readFileSync('docs/benchmarks.md', 'utf8');
    expect(fillDocument(document, saved as Results)).toBe(document);
  });
  it('refers to charts that exist', () => {
    const files = readFileSync('docs/benchmarks.md', 'utf8').matchAll(/\]\((bench\/[^)]+)\)/g);
    for (const [, file] of files) expect(existsSync(`docs/${file}`)).toBe(true);
  });
});
