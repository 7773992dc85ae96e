/** Checks of names and values in ARG, ENV and LABEL. */

import type { Instruction, KeyValue, SourceRange } from '../ast.js';
import type { Warnings } from './rules.js';

const SECRET = /(?:_|^)(?:apikey|auth|credential|credentials|key|password|pword|passwd|secret|token)(?:_|$)/i;
const NO_SECRET = /(?:_|^)public(?:_|$)/i;

export function checkSecret(word: 'ARG' | 'ENV', name: string, range: SourceRange, warnings: Warnings): void {
  if (!SECRET.test(name) || NO_SECRET.test(name)) return;
  const detail = `Do not use ARG or ENV instructions for sensitive data (${word} ${JSON.stringify(name)})`;
  warnings.add('SecretsUsedInArgOrEnv', range, detail);
}

export function checkOldForm({ word, range }: Instruction, { equals }: KeyValue, warnings: Warnings): void {
  if (equals) return;
  const detail = `"${word} key=value" should be used instead of legacy "${word} key value" format`;
  warnings.add('LegacyKeyValueFormat', range, detail);
}
