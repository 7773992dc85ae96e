/** What `-c` takes: one Dockerfile instruction a time that sets something in an image's config. */

import type { ConfigChanges } from '../engine/records.js';
import { UsageError } from './usage.js';

type Parser = (text: string) => ConfigChanges;

const INSTRUCTIONS: Readonly<Record<string, Parser>> = {
  CMD: (text) => ({ cmd: commandWords(text) }),
  ENTRYPOINT: (text) => ({ entrypoint: commandWords(text) }),
  ENV: (text) => ({ env: pairs(text).map(([name, value]) => `${name}=${value}`) }),
  LABEL: (text) => ({ labels: Object.fromEntries(pairs(text)) }),
  EXPOSE: (text) => ({ exposedPorts: words(text).map((port) => (port.includes('/') ? port : `${port}/tcp`)) }),
  VOLUME: (text) => ({ volumes: jsonWords(text) ?? words(text) }),
  WORKDIR: (text) => ({ workingDir: text }),
  USER: (text) => ({ user: text }),
  STOPSIGNAL: (text) => ({ stopSignal: text }),
};

/** A word: bare with backslashes, or quoted; quotes may stand inside, as in `NAME="a b"`. */
const WORD = /(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/gs;
const PARTS = /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)|([^"'\\]+)/gs;

/** Reads instructions such as `CMD ["nginx"]` and `ENV A=1 B=2`; a later one adds to the earlier or replaces it. */
export function parseChangeInstructions(lines: readonly string[]): ConfigChanges {
  return lines.map(parseInstruction).reduce(mergeChanges, {});
}

/** One set of changes after another. */
export function mergeChanges(first: ConfigChanges, second: ConfigChanges): ConfigChanges {
  const merged: ConfigChanges = { ...first, ...second };
  return {
    ...merged,
    ...(first.env && second.env && { env: [...first.env, ...second.env] }),
    ...(first.labels && second.labels && { labels: { ...first.labels, ...second.labels } }),
    ...(first.exposedPorts && second.exposedPorts && { exposedPorts: [...first.exposedPorts, ...second.exposedPorts] }),
    ...(first.volumes && second.volumes && { volumes: [...first.volumes, ...second.volumes] }),
  };
}

function parseInstruction(line: string): ConfigChanges {
  const [, name = '', text = ''] = /^\s*(\S+)\s*(.*?)\s*$/s.exec(line) ?? [];
  const parser = INSTRUCTIONS[name.toUpperCase()];
  if (parser === undefined) {
    throw new UsageError(`'${name}' cannot be set in a config`, `Use one of ${Object.keys(INSTRUCTIONS).join(', ')}.`);
  }
  if (text === '') throw new UsageError(`${name.toUpperCase()} needs a value`);
  return parser(text);
}

/** `["a", "b"]` is a command; anything else is a line for the shell. */
function commandWords(text: string): readonly string[] {
  return jsonWords(text) ?? ['/bin/sh', '-c', text];
}

function jsonWords(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  } catch {
    // Docker reads broken JSON as words as well.
  }
  return undefined;
}

/** `A=1 B="2 3"`, or the old `A the rest`. */
function pairs(text: string): (readonly [string, string])[] {
  const all = text.match(WORD) ?? [];
  const [first = ''] = all;
  if (!first.includes('=')) return [[first, unquote(text.slice(first.length).trim())]];
  return all.map((word) => {
    const equals = word.indexOf('=');
    if (equals < 1) throw new UsageError(`'${word}' is not NAME=value`);
    return [unquote(word.slice(0, equals)), unquote(word.slice(equals + 1))];
  });
}

function words(text: string): string[] {
  return (text.match(WORD) ?? []).map(unquote);
}

function unquote(word: string): string {
  return word.replace(PARTS, (_all, double?: string, single?: string, escaped?: string, bare?: string) => {
    return double?.replace(/\\(["\\$])/g, '$1') ?? single ?? escaped ?? bare ?? '';
  });
}
