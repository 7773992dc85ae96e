/** Which paths the text of an instruction says that it puts into its layer, or takes away. */

import type { AddInstruction, CopyInstruction, RunInstruction } from '../ast.js';
import { pathPatterns } from '../ignore.js';
import { leftByTool } from './package-tools.js';
import { shellCommands } from './shell-commands.js';

/** Something that an instruction put into a layer. */
export interface Placed {
  readonly path: string;
  readonly line: number;
  /** True for a directory with more in it than the text says. */
  readonly isWhole: boolean;
}

/** Paths of one instruction that are looked at. */
const MOST_PATHS = 50;
/** Commands that neither add nor remove. */
const IDLE = new Set(['set', 'true', ':', 'cd', 'echo', 'sync']);
const WILDCARD = /[*?[\\]/;

export function copiedPaths(
  { sources, heredocs, destination, range }: CopyInstruction | AddInstruction,
  directory: string,
): Placed[] {
  const target = joined(directory, destination);
  const names = [...sources, ...heredocs.map(({ name }) => name)].slice(0, MOST_PATHS);
  const isInto = destination.endsWith('/') || destination === '.' || names.length > 1;
  return names.map((source) => {
    const name = withoutSlashes(source).split('/').at(-1) ?? '';
    const isWhole = name === '' || name === '.' || WILDCARD.test(name) || source.endsWith('/');
    // Of a directory the content is copied; a file keeps its name.
    return { path: isInto && !isWhole ? joined(target, name) : target, line: range.start, isWhole };
  });
}

/** What the commands name as their output, or are known to leave; not what they remove themselves. */
export function runPaths({ command, mounts, range }: RunInstruction, directory: string): Placed[] {
  const commands = shellCommands(command);
  const isCached = mounts.some((mount) => /(?:^|,)type=(?:cache|tmpfs)(?:,|$)/.test(mount));
  const named = commands.flatMap(outputsOf).map((word) => joined(directory, word));
  const left = isCached ? [] : commands.flatMap(leftByTool);
  const placed = [...new Set([...named, ...left])]
    .slice(0, MOST_PATHS)
    .map((path) => ({ path, line: range.start, isWhole: false }));
  const removed = commands.flatMap(argumentsOfRm).slice(0, MOST_PATHS);
  const removals = removed.map((word) => removal(word, directory));
  return placed.filter((each) => !removals.some((removes) => removes(each)));
}

/** What a RUN removes when it does nothing else; empty for all others. */
export function onlyRemoved({ command }: RunInstruction): readonly string[] {
  const commands = shellCommands(command).filter(([name = '']) => !IDLE.has(name));
  return commands.every(([name]) => name === 'rm') ? commands.flatMap(argumentsOfRm).slice(0, MOST_PATHS) : [];
}

/** Tells whether `rm` of a path, which may hold wildcards, removes what was placed, or a part of it. */
export function removal(word: string, directory: string): (placed: Placed) => boolean {
  const path = joined(directory, word);
  if (path === '/') return () => false;
  const isBelow = ({ path: placed, isWhole }: Placed) => isWhole && placed !== '/' && path.startsWith(`${placed}/`);
  const matches = matcherOf(path);
  return (placed) => isBelow(placed) || matches(placed.path);
}

function matcherOf(pattern: string): (path: string) => boolean {
  const matchesPlain = (path: string) => path === pattern || path.startsWith(`${pattern}/`);
  if (!WILDCARD.test(pattern)) return matchesPlain;
  try {
    const patterns = pathPatterns([pattern]);
    return (path) => patterns.matches(path.slice(1));
  } catch {
    return matchesPlain;
  }
}

function argumentsOfRm([name, ...words]: readonly string[]): string[] {
  return name === 'rm' ? words.filter((word) => !word.startsWith('-')) : [];
}

/** What `curl -o`, `wget`, `touch`, `mkdir` and `>` write. */
function outputsOf(words: readonly string[]): string[] {
  const [name = ''] = words;
  const found = words.flatMap((word, index) => outputAt(name, word, words[index + 1]));
  if (name === 'touch' || name === 'mkdir') found.push(...words.slice(1).filter((word) => !word.startsWith('-')));
  if (isDownload(words) && found.length === 0) found.push(...words.flatMap(fileOfAddress).slice(0, 1));
  return found.filter((path) => path !== '' && !path.startsWith('/dev/'));
}

function outputAt(name: string, word: string, next = ''): string[] {
  if (/^\d*>>?$/.test(word) || isOutputFlag(name, word)) return [next];
  const redirected = /^>>?([^>&].*)$/.exec(word)?.[1];
  return redirected === undefined ? [] : [redirected];
}

function isOutputFlag(name: string, word: string): boolean {
  if (name === 'curl') return word === '--output' || /^-[a-zA-Z]*o$/.test(word);
  return name === 'wget' && (word === '--output-document' || /^-[a-zA-Z]*O$/.test(word));
}

/** A download that takes its name from the address. */
function isDownload([name, ...words]: readonly string[]): boolean {
  return name === 'wget' || (name === 'curl' && words.some((word) => /^-[a-zA-Z]*O$/.test(word)));
}

function fileOfAddress(word: string): string[] {
  if (!/^(?:https?|ftp):\/\//.test(word)) return [];
  const [path = ''] = word.split(/[?#]/, 1);
  return [path.split('/').at(-1) ?? ''];
}

/** An absolute path without dots. */
export function joined(directory: string, path: string): string {
  const names: string[] = [];
  for (const name of (path.startsWith('/') ? path : `${directory}/${path}`).split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return `/${names.join('/')}`;
}

function withoutSlashes(path: string): string {
  let end = path.length;
  while (end > 0 && path[end - 1] === '/') end--;
  return path.slice(0, end);
}
