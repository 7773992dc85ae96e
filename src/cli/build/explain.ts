/** Why each step was built, or was not. */

import { missText } from '../../build/step-key.js';
import type { StepOutcome } from '../../build/step-outcome.js';

const SHOWN_LENGTH = 100;

/** A block a step: what it is, whether it was cached, the first difference, and the parts of its key. */
export function explainText(steps: readonly StepOutcome[]): string {
  return steps.map(explainStep).join('\n');
}

function explainStep({ step, isCached, miss, key, parts, layer }: StepOutcome): string {
  const lines = [
    `${isCached ? 'CACHED' : 'BUILT '}  ${step.title}`,
    `        line ${step.range.start}, key ${key.slice('sha256:'.length, 19)}, layer ${layer.diffId.slice('sha256:'.length, 19)}`,
  ];
  if (miss !== undefined) {
    lines.push(`        why: ${missText(miss)}`);
    if (miss.kind === 'changed' && miss.part !== 'parent') {
      lines.push(`          before: ${shown(miss.before)}`, `          now:    ${shown(miss.now)}`);
    }
  }
  const files = parts.filter(({ name }) => name.startsWith('file '));
  const others = parts.filter(({ name }) => !name.startsWith('file '));
  lines.push(`        key of: ${[...others.map(({ name }) => name), ...fileSummary(files.length)].join(', ')}`);
  return `${lines.join('\n')}\n`;
}

function fileSummary(count: number): string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? 'file' : 'files'}`];
}

function shown(value: string | undefined): string {
  const text = JSON.stringify(value ?? '');
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}
