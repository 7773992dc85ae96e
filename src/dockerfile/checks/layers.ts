/** Checks of our own: what makes layers larger, or builds longer, than they need to be. */

import type { Instruction, RunInstruction } from '../ast.js';
import { installsDependencies } from './package-tools.js';
import type { Warnings } from './rules.js';
import { shellCommands } from './shell-commands.js';
import type { CheckedStage } from './stages.js';
import { copiedPaths, joined, onlyRemoved, type Placed, removal, runPaths } from './written-paths.js';

/** Paths of a stage that are remembered; older ones are forgotten. */
const MEMORY = 100;

export function checkLayers({ instructions }: CheckedStage, warnings: Warnings): void {
  checkRemovals(instructions, warnings);
  checkOrder(instructions, warnings);
}

/** What a layer has is in the image, whatever a later one hides. */
function checkRemovals(instructions: readonly Instruction[], warnings: Warnings): void {
  const placed: Placed[] = [];
  let directory = '/';
  for (const instruction of instructions) {
    if (instruction.kind === 'workdir') directory = joined(directory, instruction.value);
    else if (instruction.kind === 'copy' || instruction.kind === 'add') {
      placed.push(...copiedPaths(instruction, directory));
    } else if (instruction.kind === 'run') {
      checkRemoval(instruction, { placed, directory, warnings });
      placed.push(...runPaths(instruction, directory));
    }
    placed.splice(0, placed.length - MEMORY);
  }
}

function checkRemoval(
  run: RunInstruction,
  { placed, directory, warnings }: { placed: readonly Placed[]; directory: string; warnings: Warnings },
): void {
  for (const word of onlyRemoved(run)) {
    const match = placed.find(removal(word, directory));
    if (match === undefined) continue;
    const detail = `Removing ${JSON.stringify(word)} does not make the image smaller: it stays in the layer of line ${match.line}`;
    warnings.add('RemovedLater', run.range, detail);
    return;
  }
}

/** A copy of the whole context changes with each file of it, and all that follows is done again. */
function checkOrder(instructions: readonly Instruction[], warnings: Warnings): void {
  let copy: Instruction | undefined;
  for (const instruction of instructions) {
    if (copiesAll(instruction)) copy = instruction;
    if (copy === undefined || !isInstall(instruction)) continue;
    const detail = `Line ${instruction.range.start} installs dependencies again whenever any file changes: copy what it needs first, and the rest below it`;
    warnings.add('CopyTooEarly', copy.range, detail);
    copy = undefined;
  }
}

function isInstall(instruction: Instruction): boolean {
  return instruction.kind === 'run' && shellCommands(instruction.command).some(installsDependencies);
}

function copiesAll(instruction: Instruction): boolean {
  if (instruction.kind !== 'copy' && instruction.kind !== 'add') return false;
  if (instruction.kind === 'copy' && instruction.from !== undefined) return false;
  return instruction.sources.some((source) => /^(?:\.\/?|\/|(?:\.\/)?\*)$/.test(source));
}
