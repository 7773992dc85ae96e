/** Checks of how a Dockerfile is written: names, casing, comments. They look at every stage. */

import type { Dockerfile, FromInstruction, Instruction } from '../ast.js';
import type { Warnings } from './rules.js';

const RESERVED = ['context', 'scratch'];

export function checkWriting(dockerfile: Dockerfile, warnings: Warnings): void {
  for (const line of dockerfile.lines) {
    if (!line.hasEmptyContinuation) continue;
    const { end } = line.range;
    warnings.add('NoEmptyContinuation', { start: end, end }, 'Empty continuation line');
  }
  const all = dockerfile.stages.flatMap(({ from, instructions }) => [from, ...instructions]);
  const commentsAt = new Map(dockerfile.lines.map(({ range, comments }) => [range.start, comments]));
  for (const instruction of [...dockerfile.globalArgs, ...all]) {
    checkInstruction(instruction, commentsAt.get(instruction.range.start) ?? [], warnings);
  }
  checkStageNames(dockerfile, warnings);
  checkCasing(all, warnings);
}

function checkInstruction(
  instruction: Instruction | FromInstruction,
  comments: readonly string[],
  warnings: Warnings,
): void {
  const { kind, range } = instruction;
  if (kind === 'maintainer') {
    warnings.add('MaintainerDeprecated', range, 'Maintainer instruction is deprecated in favor of using label');
  } else if (kind === 'from') {
    checkFromCasing(instruction, warnings);
    if (instruction.alias !== undefined) {
      checkDescription(instruction, [instruction.alias.toLowerCase()], { comments, warnings });
    }
  } else if (kind === 'arg') {
    const names = instruction.args.map(({ name }) => name);
    checkDescription(instruction, names, { comments, warnings });
  }
}

function checkFromCasing({ word, alias, text, range }: FromInstruction, warnings: Warnings): void {
  if (alias === undefined) return;
  if (alias !== alias.toLowerCase()) {
    warnings.add('StageNameCasing', range, `Stage name '${alias}' should be lowercase`);
  }
  const as = /\s(as)\s+\S+\s*$/i.exec(text)?.[1] ?? 'AS';
  const isLower = word === word.toLowerCase();
  const isUpper = word === word.toUpperCase();
  const matches = isLower ? as === as.toLowerCase() : isUpper ? as === as.toUpperCase() : true;
  if (!matches) warnings.add('FromAsCasing', range, `'${as}' and '${word}' keywords' casing do not match`);
}

/** The comment right above an ARG or a stage describes it, and begins with its name. */
function checkDescription(
  { kind, range }: Instruction | FromInstruction,
  names: readonly string[],
  { comments, warnings }: { readonly comments: readonly string[]; readonly warnings: Warnings },
): void {
  const [first] = (comments.at(-1) ?? '').split(' ');
  if (first === undefined || first === '' || names.includes(first)) return;
  const example = names.length > 1 ? '<arg_key>' : names[0];
  warnings.add(
    'InvalidDefinitionDescription',
    range,
    `Comment for ${kind.toUpperCase()} should follow the format: \`# ${example} <description>\``,
  );
}

function checkStageNames({ stages }: Dockerfile, warnings: Warnings): void {
  const names = new Set<string>();
  for (const { from } of stages) {
    const name = from.alias?.toLowerCase();
    if (name === undefined) continue;
    const shown = JSON.stringify(name);
    if (RESERVED.includes(name)) {
      const detail = `Stage name should not use the same name as reserved stage ${shown}`;
      warnings.add('ReservedStageName', from.range, detail);
    }
    if (names.has(name)) {
      warnings.add('DuplicateStageName', from.range, `Duplicate stage name ${shown}, stage names should be unique`);
    }
    names.add(name);
  }
}

function checkCasing(all: readonly (Instruction | FromInstruction)[], warnings: Warnings): void {
  const lower = all.filter(({ word }) => word === word.toLowerCase()).length;
  const upper = all.filter(({ word }) => word === word.toUpperCase()).length;
  const isLower = lower > upper;
  for (const { word, range } of all) {
    if (word === (isLower ? word.toLowerCase() : word.toUpperCase())) continue;
    const casing = isLower ? 'lowercase' : 'uppercase';
    const detail = `Command '${word}' should match the case of the command majority (${casing})`;
    warnings.add('ConsistentInstructionCasing', range, detail);
  }
}
