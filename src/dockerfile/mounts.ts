/** `RUN --mount=type=…,key=value`. */

import { invalid } from './error.js';
import { didYouMean } from './suggest.js';

export type MountType = 'bind' | 'cache' | 'tmpfs' | 'secret' | 'ssh';

/** `RUN --mount` with its variables expanded. */
export interface RunMount {
  readonly type: MountType;
  readonly target: string | undefined;
  readonly source: string | undefined;
  readonly from: string | undefined;
  readonly id: string | undefined;
  /** Of secret: the variable to set. */
  readonly env: string | undefined;
  readonly readOnly: boolean | undefined;
  readonly required: boolean | undefined;
  readonly sharing: 'shared' | 'private' | 'locked' | undefined;
  /** Bytes; of tmpfs. */
  readonly size: number | undefined;
  /** Permission bits; of cache, secret, ssh. */
  readonly mode: number | undefined;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

const TYPES: readonly string[] = ['bind', 'cache', 'tmpfs', 'secret', 'ssh'];
const SHARING: readonly string[] = ['shared', 'private', 'locked'];
const KEYS =
  'type from source target readonly id sharing required size mode uid gid src dst destination ro rw readwrite env'.split(
    ' ',
  );
const WITH_OWNER: readonly string[] = ['secret', 'ssh', 'cache'];
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
  p: 2 ** 50,
};

type Draft = { -readonly [K in keyof RunMount]: RunMount[K] };

/** What is wrong whatever the variables hold. Fails with DOCKERFILE_INVALID. */
export function checkMountText(text: string): void {
  for (const field of csvFields(text)) {
    if (/^from=.*\$./is.test(field)) {
      throw invalid("'from' doesn't support variable expansion, define alias stage instead");
    }
  }
}

/** Reads a mount; `expand` is asked for each value. Fails with DOCKERFILE_INVALID. */
export function parseMount(text: string, expand: (word: string) => string): RunMount {
  const mount = emptyMount();
  for (const field of csvFields(text)) {
    const at = field.indexOf('=');
    readField(mount, at < 0 ? field : field.slice(0, at + 1) + expand(field.slice(at + 1)));
  }
  checkMount(mount);
  return mount;
}

function emptyMount(): Draft {
  return {
    type: 'bind',
    target: undefined,
    source: undefined,
    from: undefined,
    id: undefined,
    env: undefined,
    readOnly: undefined,
    required: undefined,
    sharing: undefined,
    size: undefined,
    mode: undefined,
    uid: undefined,
    gid: undefined,
  };
}

function readField(mount: Draft, field: string): void {
  const at = field.indexOf('=');
  const key = (at < 0 ? field : field.slice(0, at)).toLowerCase();
  if (at < 0) {
    readWord(mount, key, field);
    return;
  }
  const value = field.slice(at + 1);
  switch (key) {
    case 'type':
      mount.type = mountType(value);
      return;
    case 'from':
      mount.from = value;
      return;
    case 'source':
    case 'src':
      mount.source = value;
      return;
    case 'target':
    case 'dst':
    case 'destination':
      mount.target = value;
      return;
    case 'readonly':
    case 'ro':
      mount.readOnly = truth(key, value);
      return;
    case 'readwrite':
    case 'rw':
      mount.readOnly = !truth(key, value);
      return;
    case 'required':
      checkRequired(mount, key);
      mount.required = truth(key, value);
      return;
    case 'size':
      if (mount.type !== 'tmpfs') throw invalid(`unexpected key '${key}' for mount type '${mount.type}'`);
      mount.size = byteCount(key, value);
      return;
    case 'id':
      mount.id = value;
      return;
    case 'env':
      mount.env = value;
      return;
    case 'sharing':
      mount.sharing = sharing(value);
      return;
    case 'mode':
    case 'uid':
    case 'gid':
      mount[key] = wholeNumber(key, value, key === 'mode' ? 8 : 10);
      return;
    default:
      throw invalid(`unexpected key '${key}' in '${field}'${didYouMean(key, KEYS)}`);
  }
}

/** A key without a value. */
function readWord(mount: Draft, key: string, field: string): void {
  if (key === 'readonly' || key === 'ro') mount.readOnly = true;
  else if (key === 'readwrite' || key === 'rw') mount.readOnly = false;
  else if (key === 'required') {
    checkRequired(mount, key);
    mount.required = true;
  } else throw invalid(`invalid field '${field}' must be a key=value pair`);
}

function checkRequired({ type }: Draft, key: string): void {
  if (type !== 'secret' && type !== 'ssh') throw invalid(`unexpected key '${key}' for mount type '${type}'`);
}

function checkMount(mount: Draft): void {
  const { type } = mount;
  for (const key of ['mode', 'uid', 'gid'] as const) {
    if (mount[key] !== undefined && !WITH_OWNER.includes(type)) {
      throw invalid(`${key} not allowed for ${JSON.stringify(type)} type mounts`);
    }
  }
  if (type === 'secret') checkSecret(mount);
  if (mount.sharing !== undefined && type !== 'cache') throw invalid(`invalid cache sharing set for ${type} mount`);
}

/** `source` is another name for the id. */
function checkSecret(mount: Draft): void {
  if (mount.from !== undefined) throw invalid('secret mount should not have a from');
  if (mount.sharing !== undefined) throw invalid('secret mount should not define sharing');
  if (mount.source === undefined && mount.target === undefined && mount.id === undefined) {
    throw invalid('invalid secret mount. one of source, target required');
  }
  if (mount.source !== undefined && mount.id !== undefined) throw invalid("both source and id can't be set");
  mount.id ??= mount.source;
}

function mountType(value: string): MountType {
  const type = value.toLowerCase();
  if (TYPES.includes(type)) return type as MountType;
  throw invalid(`unsupported mount type ${JSON.stringify(value)}${didYouMean(value, TYPES)}`);
}

function sharing(value: string): RunMount['sharing'] {
  const mode = value.toLowerCase();
  if (SHARING.includes(mode)) return mode as RunMount['sharing'];
  throw invalid(`unsupported sharing value ${JSON.stringify(value)}${didYouMean(value, SHARING)}`);
}

/** As Go's strconv.ParseBool. */
function truth(key: string, value: string): boolean {
  if (/^(?:1|t|T|TRUE|true|True)$/.test(value)) return true;
  if (/^(?:0|f|F|FALSE|false|False)$/.test(value)) return false;
  throw invalid(`invalid value for ${key}: ${value}`);
}

function wholeNumber(key: string, value: string, base: 8 | 10): number {
  const isNumber = base === 8 ? /^[0-7]+$/.test(value) : /^\d+$/.test(value);
  const number = Number.parseInt(value, base);
  if (isNumber && number < 2 ** 32) return number;
  throw invalid(`invalid value ${value} for ${key}`);
}

function byteCount(key: string, value: string): number {
  const match = /^(\d+(?:\.\d+)?) ?([kmgtp]?)(?:i?b)?$/i.exec(value);
  if (match === null) throw invalid(`invalid value for ${key}: ${value}`);
  return Math.floor(Number(match[1]) * (UNITS[(match[2] as string).toLowerCase()] as number));
}

/** One record of CSV: a field in quotes may hold commas. */
function csvFields(text: string): string[] {
  const fields: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^,"]*))(,|$)/y;
  while (field.lastIndex <= text.length) {
    const match = field.exec(text);
    if (match === null) throw invalid(`failed to parse csv mounts: bare or extraneous " in ${JSON.stringify(text)}`);
    fields.push(match[1] === undefined ? (match[2] as string) : match[1].replaceAll('""', '"'));
    if (match[3] === '') break;
  }
  return fields;
}
