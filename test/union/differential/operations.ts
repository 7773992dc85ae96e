/** Random calls: what is called, on which path, with which arguments; and sequences of them on the stack of layers. */

import fc from 'fast-check';
import { JUDGES, type Judge } from './messages.js';
import { randomStack } from './random-stack.js';
import { MOUNT, PLACE, STACK, type Stack } from './stack.js';

/**
 * A call by its name in the promise face. Names with `fd:` are methods of an open file, whose first argument is the
 * slot that it is kept in; `open` puts one there.
 */
export type Operation = readonly [call: string, ...args: Argument[]];
export type Argument = string | number | boolean | null | readonly string[] | { readonly [option: string]: unknown };

/** Who makes the calls of a sequence. */
export const WHO = ['root', 'user'] as const;
export type Who = (typeof WHO)[number];

export interface Sequence {
  readonly judge: Judge;
  /** The layers below; those of every day where it is null. */
  readonly stack: Stack | null;
  readonly who: Who;
  readonly operations: readonly Operation[];
}

/** Names that the layers use, those that calls invent first. */
const NAMES = ['a', 'b', 'c', 'n', 'd', 'e', 'f', 'g', 'h', 'k', 'l', 's', 't', 'u', 'v', 'w', 'x', 'y'];
const SLOTS = 3;

const name = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...NAMES.slice(0, 4)) },
  { weight: 5, arbitrary: fc.constantFrom(...NAMES) },
);
const names = fc.oneof(
  { weight: 3, arbitrary: fc.array(name, { minLength: 1, maxLength: 1 }) },
  { weight: 4, arbitrary: fc.array(name, { minLength: 2, maxLength: 2 }) },
  { weight: 2, arbitrary: fc.array(name, { minLength: 3, maxLength: 3 }) },
);

/** Paths that the layers of every day show at first, and new names in their directories. */
const KNOWN = [...new Set(STACK.flat().map(({ path }) => MOUNT + path))].filter((path) => path.startsWith(`${PLACE}/`));
const DIRECTORIES = [
  PLACE,
  ...['a', 'a/b', 'b', 'f', 'k', 'k/a', 's', 's/c', 't', 'u'].map((path) => `${PLACE}/${path}`),
];
const plainPath = fc.oneof(
  { weight: 2, arbitrary: names.map((parts) => `${PLACE}/${parts.join('/')}`) },
  { weight: 5, arbitrary: fc.constantFrom(...KNOWN) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...DIRECTORIES), name).map((parts) => parts.join('/')) },
);

/** A path that exactly `bytes` bytes long, and the same file as the short one. */
function padded(path: string, bytes: number): string {
  const slash = path.lastIndexOf('/');
  const room = bytes - path.length;
  const filler = './'.repeat(Math.floor(room / 2)) + (room % 2 === 1 ? '/' : '');
  return `${path.slice(0, slash + 1)}${filler}${path.slice(slash + 1)}`;
}

const DECORATIONS: readonly ((path: string) => string)[] = [
  (path) => `${path}/`,
  (path) => `${path}//`,
  (path) => `${path}/.`,
  (path) => `${path}/..`,
  (path) => `${path}/./`,
  (path) => `${path}/../`,
  (path) => `${path}/../a`,
  (path) => path.replace(/\/([^/]+)$/, '//./$1'),
  (path) => `${path}/${'n'.repeat(255)}`,
  (path) => `${path.slice(0, path.lastIndexOf('/'))}/${'n'.repeat(255)}`,
  (path) => `${path.slice(0, path.lastIndexOf('/'))}/${'n'.repeat(256)}`,
  (path) => `${path.slice(0, path.lastIndexOf('/'))}/${'é'.repeat(128)}`,
  (path) => `${path.slice(0, path.lastIndexOf('/'))}/${'n'.repeat(256)}/a`,
  (path) => padded(path, 4095),
  (path) => padded(path, 4096),
];

const oddPath = fc.oneof(
  { weight: 10, arbitrary: fc.tuple(plainPath, fc.constantFrom(...DECORATIONS)).map(([path, odd]) => odd(path)) },
  { weight: 1, arbitrary: fc.constant(PLACE) },
  { weight: 1, arbitrary: fc.constant('') },
);
const path = fc.oneof({ weight: 13, arbitrary: plainPath }, { weight: 2, arbitrary: oddPath });

const target = fc.oneof(
  names.map((parts) => parts.join('/')),
  names.map((parts) => `../${parts.join('/')}`),
  plainPath,
  fc.constantFrom('..', '.', 'b', 'l', './a/', 'nowhere', ''),
);

const mode = fc.constantFrom(
  0o600,
  0o644,
  0o755,
  0o700,
  0o000,
  0o4711,
  0o2755,
  0o6644,
  0o6777,
  0o1777,
  0o3775,
  0o500,
  0o222,
);
const uid = fc.constantFrom(0, 1000, 1001, -1);
const gid = fc.constantFrom(0, 1000, 2000, 3000, -1);
const time = fc.integer({ min: 1_000_000_000, max: 1_000_000_900 });
const text = fc.constantFrom('', 'x', 'longer text', 'a line\nand another\n');
const size = fc.constantFrom(0, 1, 4, 9, 5000);
const slot = fc.nat(SLOTS - 1);
const position = fc.constantFrom(null, null, null, 0, 3, 40);

const ACCESS = [0, 1, 2];
const EXTRA = [0o100, 0o200, 0o1000, 0o2000, 0o200000, 0o400000];
const flags = fc
  .tuple(fc.constantFrom(...ACCESS), fc.subarray(EXTRA))
  .map(([access, extra]) => extra.reduce((all, bit) => all | bit, access));
const flagNames = fc.constantFrom('r', 'r+', 'w', 'w+', 'wx', 'a', 'a+', 'ax');
const accessMode = fc.integer({ min: 0, max: 7 });

/** Without paths that a shell's tools cannot take. */
const isShort = (path: string): boolean => path.length < 300 && path !== '';
const xattrAction = fc.constantFrom('set', 'set', 'remove', 'get');
const xattrName = fc.constantFrom('user.note', 'user.a', 'trusted.a', 'other.a');
const xattrValue = fc.constantFrom('one', 'two');

type Arguments = readonly [fc.Arbitrary<Argument>, ...fc.Arbitrary<Argument>[]];

/** A call, and how often it is chosen beside others. */
interface Weighted {
  readonly called: string;
  readonly weight: number;
  readonly arbitrary: fc.Arbitrary<Operation>;
}

function call(weight: number, called: string, ...args: Arguments): Weighted {
  return { called, weight, arbitrary: fc.tuple(...args).map((all): Operation => [called, ...all]) };
}

/** Where the calls of a sequence go. */
export interface Paths {
  readonly path: fc.Arbitrary<string>;
  /** What symlinks are made to hold. */
  readonly target: fc.Arbitrary<string>;
}

/** All calls. `open` has its slot first; with number flags the whole matrix, with names what people write. */
function callsOn({ path, target }: Paths): Weighted[] {
  return [
    call(5, 'writeFile', path, text),
    call(2, 'writeFile', path, text, fc.record({ flag: flagNames, mode })),
    call(3, 'appendFile', path, text),
    call(3, 'readFile', path, fc.constant('utf8')),
    call(3, 'truncate', path, size),
    call(6, 'mkdir', path),
    call(2, 'mkdir', path, mode),
    call(2, 'mkdir', path, fc.constant({ recursive: true })),
    call(4, 'rmdir', path),
    call(5, 'unlink', path),
    call(1, 'rm', path),
    call(1, 'rm', path, fc.constant({ recursive: true })),
    call(1, 'rm', path, fc.constant({ recursive: true, force: true })),
    call(12, 'rename', path, path),
    call(6, 'link', path, path),
    call(5, 'symlink', target, path),
    call(3, 'readlink', path),
    call(4, 'chmod', path, mode),
    call(3, 'chown', path, uid, gid),
    call(2, 'lchown', path, uid, gid),
    call(2, 'utimes', path, time, time),
    call(2, 'lutimes', path, time, time),
    call(2, 'xattr', path.filter(isShort), xattrAction, xattrName, xattrValue),
    call(2, 'access', path, accessMode),
    call(2, 'stat', path),
    call(2, 'lstat', path),
    call(3, 'readdir', path),
    call(1, 'readdir', path, fc.constant({ withFileTypes: true })),
    call(1, 'readdir', path, fc.constant({ recursive: true })),
    call(1, 'opendir', path),
    call(2, 'realpath', path),
    call(3, 'copyFile', path, path, fc.constantFrom(0, 0, 1)),
    call(1, 'cp', path, path, fc.constantFrom({}, { recursive: true }, { recursive: true, force: false })),
    call(10, 'open', slot, path, flags, mode),
    call(12, 'open', slot, path, flagNames, mode),
    call(4, 'fd:read', slot, size, position),
    call(4, 'fd:write', slot, text, position),
    call(2, 'fd:readv', slot, fc.constant(['abc', 'de']), position),
    call(2, 'fd:writev', slot, fc.constant(['one', 'two2']), position),
    call(2, 'fd:truncate', slot, size),
    call(2, 'fd:chmod', slot, mode),
    call(2, 'fd:chown', slot, uid, gid),
    call(2, 'fd:utimes', slot, time, time),
    call(3, 'fd:stat', slot),
    call(1, 'fd:sync', slot),
    call(2, 'fd:readFile', slot, fc.constant('utf8')),
    call(1, 'fd:appendFile', slot, text),
    call(1, 'fd:writeFile', slot, text),
    call(1, 'fd:datasync', slot),
    call(1, 'fd:close', slot),
  ];
}

/** The calls with these names, on these paths. */
export function someCalls(names: readonly string[], paths: Paths): fc.Arbitrary<Operation> {
  return fc.oneof(...callsOn(paths).filter(({ called }) => names.includes(called)));
}

export const operations: fc.Arbitrary<readonly Operation[]> = fc.array(fc.oneof(...callsOn({ path, target })), {
  minLength: 1,
  maxLength: 80,
  size: 'max',
});

export const sequence: fc.Arbitrary<Sequence> = fc.record({
  judge: fc.constantFrom(...JUDGES),
  stack: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: randomStack({ links: false }) }),
  who: fc.constantFrom(...WHO),
  operations,
});
