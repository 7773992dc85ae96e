import { describe, expect, it } from 'vitest';
import type { Results } from '../../bench/results.js';
import { TARGETS, type Target } from '../../bench/targets.js';
import { judge, verdictLine } from '../../bench/verdict.js';

const machine = { processor: 'p', cores: 2, memoryBytes: 1, system: 's', node: 'v', v8: 'v', date: '2026-01-01' };

function results(rows: Record<string, number[]>): Results {
  const list = Object.entries(rows).map(([subject, rounds]) => ({
    bench: 'b',
    subject,
    at: '',
    unit: 'ns' as const,
    rounds,
  }));
  return { machine, groups: [{ name: 'g', about: '', date: '', seconds: 1, rows: list, skips: [] }] };
}

const faster: Target = { kind: 'faster', name: 'f', row: ['b', 'stratum', ''], than: ['b', 'memfs', ''], times: 5 };
const within: Target = { kind: 'within', name: 'w', row: ['b', 'stratum', ''], of: ['b', 'memfs', ''], times: 1.5 };
const limit: Target = { kind: 'limit', name: 'l', row: ['b', 'stratum', ''], limit: 20_000 };

describe('verdict', () => {
  it.each([
    ['passes a row that is fast enough', faster, { stratum: [2, 2, 2], memfs: [10, 10, 10] }, 'PASS'],
    ['misses a row that is not', faster, { stratum: [3, 3, 3], memfs: [10, 10, 10] }, 'MISS'],
    ['passes a row within its bound', within, { stratum: [15], memfs: [10] }, 'PASS'],
    ['misses a row beyond it', within, { stratum: [16], memfs: [10] }, 'MISS'],
    ['passes a figure at its limit', limit, { stratum: [20_000] }, 'PASS'],
    ['misses a figure above it', limit, { stratum: [20_001] }, 'MISS'],
    ['says that a row is missing', faster, { stratum: [1] }, 'unmeasured'],
  ] as const)('%s', (_, target, rows, outcome) => {
    expect(judge([target], results(rows as unknown as Record<string, number[]>))[0]?.outcome).toBe(outcome);
  });

  it('prints what was found beside what is needed', () => {
    const [verdict] = judge([faster], results({ stratum: [2], memfs: [10] }));
    expect(verdict && verdictLine(verdict)).toBe('PASS       f: 5 × (needs at least 5 ×)');
  });

  it('gives each target a name of its own', () => {
    expect(new Set(TARGETS.map(({ name }) => name)).size).toBe(TARGETS.length);
  });
});
