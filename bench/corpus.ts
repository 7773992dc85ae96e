/** Makes the files that benches work on, from a seed: the same on every machine. */

import { utf8 } from '../src/base/bytes.js';
import type { TarHeader } from '../src/tar/entry.js';
import { type TarMember, writeTar } from '../src/tar/writer.js';

export interface CorpusFile {
  /** Absolute. */
  readonly path: string;
  readonly content: Uint8Array;
  /** 0644 without it. */
  readonly mode?: number;
}

/** Numbers in [0, 1) from a seed (mulberry32). */
export function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const TOPS = ['usr', 'etc', 'var', 'opt', 'lib', 'srv', 'home', 'root'];
const SYLLABLES = [
  'ba',
  'con',
  'dev',
  'fi',
  'gra',
  'lib',
  'mo',
  'net',
  'per',
  'py',
  'ser',
  'sha',
  'sys',
  'ta',
  'ver',
  'x',
];
const ENDINGS = ['', '.so', '.conf', '.py', '.js', '.h', '.txt', '.json', '.gz', '.mo'];
const FILES_IN_DIRECTORY = 10;

/**
 * `count` files, five directories deep on the whole and ten to a directory, sorted as a packager would write them.
 * Every content is `contentBytes` long.
 */
export function fileCorpus(count: number, options: { seed?: number; contentBytes?: number } = {}): CorpusFile[] {
  const random = randomSource(options.seed ?? 1);
  const content = utf8('stratum '.repeat(1024)).subarray(0, options.contentBytes ?? 24);
  const files: CorpusFile[] = [];
  const directories = directoryNames(Math.ceil(count / FILES_IN_DIRECTORY), random);
  for (const directory of directories) {
    for (let i = 0; i < FILES_IN_DIRECTORY && files.length < count; i++) {
      files.push({ path: `${directory}/${word(random)}${i}${pick(ENDINGS, random)}`, content });
    }
  }
  return files;
}

/** Directories five deep, each with a name of its own among its siblings. */
function directoryNames(count: number, random: () => number): string[] {
  // Seven branches at each of four levels hold about 8 × 7^4 = 19,000 leaves; more leaves widen the branches.
  const width = Math.max(7, Math.ceil((count / TOPS.length) ** (1 / 4)));
  const names = new Set<string>();
  for (let i = 0; names.size < count; i++) {
    let path = `/${TOPS[i % TOPS.length]}`;
    let rest = Math.floor(i / TOPS.length);
    for (let level = 0; level < 4; level++) {
      path += `/${branchName(rest % width, level)}`;
      rest = Math.floor(rest / width);
    }
    names.add(rest === 0 ? path : `${path}-${rest}`);
  }
  random();
  return [...names].sort();
}

function branchName(branch: number, level: number): string {
  const random = randomSource(branch * 31 + level);
  return `${word(random)}${branch}`;
}

function word(random: () => number): string {
  let text = '';
  const length = 2 + Math.floor(random() * 3);
  for (let i = 0; i < length; i++) text += pick(SYLLABLES, random);
  return text;
}

function pick<T>(from: readonly T[], random: () => number): T {
  return from[Math.floor(random() * from.length)] as T;
}

/** Shuffles a copy. */
export function shuffled<T>(values: readonly T[], seed: number): T[] {
  const random = randomSource(seed);
  const out = [...values];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [out[i], out[j]] = [out[j] as T, out[i] as T];
  }
  return out;
}

/** Spreads files over layers in runs, as packages do: a directory is mostly one layer's. */
export function inRuns(files: readonly CorpusFile[], layers: number): CorpusFile[][] {
  return Array.from({ length: layers }, (_, layer) =>
    files.slice(Math.floor((layer * files.length) / layers), Math.floor(((layer + 1) * files.length) / layers)),
  );
}

/** Deals files out over layers one by one: every layer touches every directory. */
export function dealt(files: readonly CorpusFile[], layers: number): CorpusFile[][] {
  return Array.from({ length: layers }, (_, layer) => files.filter((_file, at) => at % layers === layer));
}

/** The directories above the files, parents first. */
export function directoriesOf(files: readonly CorpusFile[]): string[] {
  const found = new Set<string>();
  for (const { path } of files) {
    for (let at = path.indexOf('/', 1); at !== -1; at = path.indexOf('/', at + 1)) found.add(path.slice(0, at));
  }
  return [...found].sort();
}

const COMMON = {
  uid: 0,
  gid: 0,
  mtimeSec: 1_700_000_000,
  mtimeNsec: 0,
  linkname: '',
  devMajor: 0,
  devMinor: 0,
  xattrs: undefined,
} as const;

/** One layer's tar in pieces. */
export function tarChunks(files: readonly CorpusFile[]): Iterable<Uint8Array> {
  return writeTar(members(files));
}

/** One layer's tar in one array. */
export function tarOf(files: readonly CorpusFile[]): Uint8Array {
  return new Uint8Array(Buffer.concat([...tarChunks(files)]));
}

function* members(files: readonly CorpusFile[]): Iterable<TarMember> {
  for (const path of directoriesOf(files)) yield { header: header(path, 'directory', 0o755, 0) };
  for (const { path, content, mode = 0o644 } of files) {
    yield { header: header(path, 'file', mode, content.length), body: [content] };
  }
}

function header(path: string, type: 'file' | 'directory', mode: number, size: number): TarHeader {
  return { ...COMMON, path: path.slice(1), type, mode, size };
}

/**
 * Bytes that a compressor treats like those of a real layer: words of a small vocabulary with runs of noise between
 * them, about a third of their size under gzip.
 */
export function layerLikeBytes(size: number, seed: number): Uint8Array {
  const random = randomSource(seed);
  const vocabulary = Array.from({ length: 4096 }, () =>
    utf8(`${word(random)}${pick([' ', '_', '.', '\n', '('], random)}`),
  );
  const out = new Uint8Array(size);
  let at = 0;
  while (at < size) {
    const noise = random() < 0.12;
    const piece = noise ? noiseBytes(random) : (vocabulary[Math.floor(random() ** 2 * 4096)] as Uint8Array);
    const fits = piece.subarray(0, size - at);
    out.set(fits, at);
    at += fits.length;
  }
  return out;
}

function noiseBytes(random: () => number): Uint8Array {
  return Uint8Array.from({ length: 8 }, () => Math.floor(random() * 256));
}
