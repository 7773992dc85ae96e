/** Checks of our own: what makes layers larger, or builds longer, than they need to be. */

import type { AddInstruction, CopyInstruction, Instruction, RunInstruction } from '../ast.js';
import { pathPatterns } from '../ignore.js';
import { installsDependencies, leftByTool } from './package-tools.js';
import type { Warnings } from './rules.js';
import { shellCommands } from './shell-commands.js';
import type { CheckedStage } from './stages.js';

/** Something that an instruction put into a layer. */
interface Placed {
  readonly path: string;
  readonly line: number;
  /** True when it may be a directory with more in it than the text says. */
  readonly isWhole: boolean;
}

/** Instructions of a stage that are remembered; what came before more than these is forgotten. */
const LONGEST_MEMORY = 1000;
/** Commands that neither add nor remove. */
const IDLE = new Set(['set', 'true', ':', 'cd', 'echo', 'sync']);

export function checkLayers({ instructions }: CheckedStage, warnings: Warnings): void {
  const placed: Placed[] = [];
  let directory = '/';
  for (const instruction of instructions) {
    const { range } = instruction;
    if (instruction.kind === 'workdir') directory = joined(directory, instruction.value);
    else if (instruction.kind === 'copy' || instruction.kind === 'add') placed.push(...copied(instruction, directory));
    else if (instruction.kind === 'run') {
      checkRemoved(instruction, { placed, directory, warnings });
      placed.push(...written(instruction, directory).map((path) => ({ path, line: range.start, isWhole: false })));
    }
    if (placed.length > LONGEST_MEMORY) placed.splice(0, placed.length - LONGEST_MEMORY);
  }
  checkOrder(instructions, warnings);
}

function checkRemoved(
  { command, range }: RunInstruction,
  { placed, directory, warnings }: { placed: readonly Placed[]; directory: string; warnings: Warnings },
): void {
  const commands = shellCommands(command).filter(([name = '']) => !IDLE.has(name));
  if (commands.length === 0 || commands.some(([name]) => name !== 'rm')) return;
  const removed = commands.flatMap((words) => words.slice(1).filter((word) => !word.startsWith('-')));
  for (const word of removed) {
    const path = joined(directory, word);
    const match = path === '/' ? undefined : placed.find((each) => covers(path, each));
    if (match === undefined) continue;
    const detail = `Removing ${JSON.stringify(word)} does not make the image smaller: it stays in the layer of line ${match.line}`;
    warnings.add('RemovedLater', range, detail);
    return;
  }
}

/** True when removing the path, which may hold wildcards, removes what was placed, or part of it. */
function covers(path: string, { path: placed, isWhole }: Placed): boolean {
  if (path.includes('$')) return path === placed;
  if (isWhole && placed !== '/' && path.startsWith(`${placed}/`)) return true;
  return matchesPattern(path, placed);
}

function matchesPattern(pattern: string, path: string): boolean {
  try {
    return pathPatterns([pattern]).matches(path.slice(1));
  } catch {
    return pattern === path;
  }
}

function copied(
  { sources, heredocs, destination, range }: CopyInstruction | AddInstruction,
  directory: string,
): Placed[] {
  const target = joined(directory, destination);
  const names = [...sources, ...heredocs.map(({ name }) => name)];
  const isInto = destination.endsWith('/') || destination === '.' || names.length > 1;
  return names.map((source) => {
    const name = source.replace(/\/+$/, '').split('/').at(-1) ?? '';
    const isWhole = /^(?:\.|\.\.|)$/.test(name) || /[*?[]/.test(name) || source.endsWith('/');
    // Of a directory the content is copied, so what was named is not seen; a file keeps its name.
    return { path: isInto && !isWhole ? joined(target, name) : target, line: range.start, isWhole };
  });
}

/** Paths that a command names, or that its tool is known to leave; but not what it removes itself. */
function written({ command, mounts }: RunInstruction, directory: string): string[] {
  const commands = shellCommands(command);
  const isCached = mounts.some((mount) => /(?:^|,)type=(?:cache|tmpfs)(?:,|$)/.test(mount));
  const removes = commands.filter(([name]) => name === 'rm').flatMap((words) => words.slice(1));
  const others = commands.filter(([name]) => name !== 'rm');
  const named = others.flatMap(namedPaths).map((word) => joined(directory, word));
  const left = isCached ? [] : others.flatMap(leftByTool);
  const patterns = removes.map((word) => joined(directory, word));
  return [...named, ...left].filter(
    (path) => !patterns.some((pattern) => covers(pattern, { path, line: 0, isWhole: false })),
  );
}

/** What `curl -o`, `wget -O`, `tar -C`, `touch`, `mkdir` and `>` write. */
function namedPaths(words: readonly string[]): string[] {
  const [name = ''] = words;
  const found: string[] = [];
  for (const [index, word] of words.entries()) {
    const next = words[index + 1];
    if (/^\d*>>?$/.test(word) && next !== undefined) found.push(next);
    else if (/^>>?[^>&]/.test(word)) found.push(word.replace(/^>+/, ''));
    else if (isOutputFlag(name, word) && next !== undefined) found.push(next);
  }
  if (name === 'touch' || name === 'mkdir') found.push(...words.slice(1).filter((word) => !word.startsWith('-')));
  const isDownload =
    (name === 'wget' && found.length === 0) || (name === 'curl' && words.some((word) => /^-\w*O/.test(word)));
  const address = isDownload ? words.find((word) => /^(?:https?|ftp):\/\//.test(word)) : undefined;
  if (address !== undefined)
    found.push(
      address
        .replace(/[?#].*$/, '')
        .split('/')
        .at(-1) ?? '',
    );
  return found.filter((path) => path !== '' && !path.startsWith('/dev/'));
}

function isOutputFlag(name: string, word: string): boolean {
  if (name === 'curl') return word === '--output' || /^-[a-zA-Z]*o$/.test(word);
  if (name === 'wget') return word === '--output-document' || /^-[a-zA-Z]*O$/.test(word);
  return false;
}

/** A copy of the whole context changes with each file of it, and all that follows is done again. */
function checkOrder(instructions: readonly Instruction[], warnings: Warnings): void {
  for (const [index, instruction] of instructions.entries()) {
    if (!copiesAll(instruction)) continue;
    const install = instructions.slice(index + 1).find((next) => isInstall(next));
    // The next copy of all says it again, and better.
    const isRepeated = instructions.slice(index + 1).some((next) => copiesAll(next));
    if (install === undefined || (isRepeated && !isInstallBeforeCopy(instructions.slice(index + 1)))) continue;
    const detail = `Line ${install.range.start} installs dependencies again whenever any file changes: copy what it reads first, and the rest below it`;
    warnings.add('CopyTooEarly', instruction.range, detail);
  }
}

function isInstallBeforeCopy(instructions: readonly Instruction[]): boolean {
  return instructions.find((next) => isInstall(next) || copiesAll(next))?.kind === 'run';
}

function isInstall(instruction: Instruction): boolean {
  return instruction.kind === 'run' && shellCommands(instruction.command).some(installsDependencies);
}

function copiesAll(instruction: Instruction): boolean {
  if (instruction.kind !== 'copy' && instruction.kind !== 'add') return false;
  if (instruction.kind === 'copy' && instruction.from !== undefined) return false;
  return instruction.sources.some((source) => /^(?:\.\/?|\/|(?:\.\/)?\*)$/.test(source));
}

/** An absolute path without dots. */
function joined(directory: string, path: string): string {
  const names: string[] = [];
  for (const name of (path.startsWith('/') ? path : `${directory}/${path}`).split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return `/${names.join('/')}`;
}
