/** Checks arguments as Node does, and turns each into the one form that the calls work with. */

import { decodeName } from '../base/bytes.js';
import type { Timestamp } from '../union/kernel.js';
import { checkEncoding, type Encoding, encodeText, viewOf } from './buffers.js';
import { FsAbortError, FsArgumentError, FsRangeError, invalidType, invalidValue, outOfRange } from './errors.js';
import { receivedSuffix } from './inspect.js';

/** A path as Node takes it; bytes need not be UTF-8, a URL is a `file:` URL. Relative ones are taken from `/`. */
export type PathLike = string | Uint8Array | URL;

/** An encoding by name or in an options object. */
export type EncodingOption = Encoding | 'buffer' | { readonly encoding?: Encoding | 'buffer' | null } | null;

const MAX_INT32 = 0x7fffffff;
const MAX_UINT32 = 0xffffffff;
const BUFFER_TYPES = 'an instance of Buffer, TypedArray, or DataView';

/** A path without null bytes. */
export function pathOf(path: unknown, name: string = 'path'): string {
  if (typeof path !== 'string') return unusualPath(path, name);
  if (path.includes('\0')) throw nullByte(name, path);
  return path;
}

/** For look-ups only: a string is not searched for null bytes, since no name in a tree has one; see {@link pathOf}. */
export function lookupPath(path: unknown): string {
  return typeof path === 'string' ? path : unusualPath(path, 'path');
}

function unusualPath(path: unknown, name: string): string {
  if (path instanceof Uint8Array) {
    if (path.includes(0)) throw nullByte(name, path);
    return decodeName(path);
  }
  if (isUrl(path)) return pathOf(urlPath(path), name);
  throw invalidType(name, 'of type string or an instance of Buffer or URL', path);
}

function nullByte(name: string, path: string | Uint8Array): FsArgumentError {
  return invalidValue(name, path, 'must be a string, Uint8Array, or URL without null bytes');
}

/** Old url.parse() results have `path` and `auth`; Node takes any other object with these fields for a URL. */
function isUrl(value: unknown): value is URL {
  if (typeof value !== 'object' || value === null) return false;
  const url = value as { href?: unknown; protocol?: unknown; auth?: unknown; path?: unknown };
  return Boolean(url.href) && Boolean(url.protocol) && url.auth === undefined && url.path === undefined;
}

function urlPath(url: URL): string {
  if (url.protocol !== 'file:') throw new FsArgumentError('ERR_INVALID_URL_SCHEME', 'The URL must be of scheme file');
  if (url.hostname !== '') {
    throw new FsArgumentError('ERR_INVALID_FILE_URL_HOST', 'File URL host must be "localhost" or empty on linux');
  }
  if (/%2f/i.test(url.pathname)) {
    throw new FsArgumentError('ERR_INVALID_FILE_URL_PATH', 'File URL path must not include encoded / characters');
  }
  return decodeURIComponent(url.pathname);
}

/** A descriptor number; whether it is open is for the kernel to say. */
export function descriptorOf(fd: unknown): number {
  if (typeof fd !== 'number') throw invalidType('fd', 'of type number', fd);
  if (!Number.isInteger(fd)) throw outOfRange('fd', 'an integer', fd);
  if (fd < 0 || fd > MAX_INT32) throw outOfRange('fd', `>= 0 && <= ${MAX_INT32}`, fd);
  return fd;
}

export function integerOf(
  value: unknown,
  name: string,
  min: number = Number.MIN_SAFE_INTEGER,
  max: number = Number.MAX_SAFE_INTEGER,
): number {
  if (typeof value !== 'number') throw invalidType(name, 'of type number', value);
  if (!Number.isInteger(value)) throw outOfRange(name, 'an integer', value);
  if (value < min || value > max) throw outOfRange(name, `>= ${min} && <= ${max}`, value);
  return value;
}

/** A user or group id; -1 leaves it as it is. */
export function ownerOf(value: unknown, name: string): number {
  return integerOf(value, name, -1, MAX_UINT32);
}

/** Permission bits as a number or octal text. */
export function modeOf(mode: unknown, fallback?: number): number {
  if ((mode === undefined || mode === null) && fallback !== undefined) return fallback;
  if (typeof mode !== 'string') return integerOf(mode, 'mode', 0, MAX_UINT32);
  if (/^[0-7]+$/.test(mode)) return integerOf(Number.parseInt(mode, 8), 'mode', 0, MAX_UINT32);
  throw invalidValue('mode', mode, 'must be a 32-bit unsigned integer or an octal string');
}

/** The small mode of `access` and `copyFile`: 0 to 7. */
export function smallModeOf(mode: unknown): number {
  if (mode === undefined || mode === null) return 0;
  if (typeof mode !== 'number' || !Number.isInteger(mode)) {
    throw new FsArgumentError('ERR_INVALID_ARG_TYPE', 'mode must be int32 or null/undefined');
  }
  if (mode < 0 || mode > 7) throw new FsRangeError('mode is out of range: >= 0 && <= 7');
  return mode;
}

/**
 * Date, seconds since 1970, or such a number as text. As in Node the precision is the microsecond, and a negative
 * number (but no negative Date) means now.
 */
export function timeOf(time: unknown, name: string = 'time'): Timestamp {
  const seconds = secondsOf(time, name);
  const sec = Math.floor(seconds);
  return { sec, nsec: Math.floor((seconds - sec) * 1e6) * 1000 };
}

/** Seconds since 1970, as {@link timeOf} understands a time. */
export function secondsOf(time: unknown, name: string = 'time'): number {
  if (typeof time === 'string' && time !== '' && Number.isFinite(Number(time))) return Number(time);
  if (typeof time === 'number' && Number.isFinite(time)) return time < 0 ? Date.now() / 1000 : time;
  if (time instanceof Date) return time.getTime() / 1000;
  throw invalidType(name, 'an instance of Date or an Time in seconds', time);
}

function isView(value: unknown): value is ArrayBufferView {
  return ArrayBuffer.isView(value);
}

/** A buffer to read into. */
export function bufferOf(value: unknown): Uint8Array {
  if (isView(value)) return viewOf(value);
  throw invalidType('buffer', BUFFER_TYPES, value);
}

export function buffersOf(value: unknown): Uint8Array[] {
  if (Array.isArray(value) && value.every(isView)) return value.map(viewOf);
  throw invalidType('buffers', 'an ArrayBufferView[]', value);
}

/** Text or bytes to be written. */
export function dataOf(value: unknown, encoding: Encoding | undefined, name: string = 'data'): Uint8Array {
  if (typeof value === 'string') return encodeText(value, encoding);
  if (isView(value)) return viewOf(value);
  throw invalidType(name, `of type string or ${BUFFER_TYPES}`, value);
}

/** Options that may be an encoding by name; the encoding in them is checked. */
export function optionsOf<O extends { readonly encoding?: unknown }>(options: unknown): O {
  if (options === undefined || options === null) return {} as O; // every option is optional
  if (typeof options === 'string') return { encoding: encodingOf(options) } as unknown as O;
  if (typeof options !== 'object') throw invalidType('options', 'one of type string or object', options);
  const given = options as O; // its fields are checked where they are used
  namedEncoding(given.encoding);
  return given;
}

/** The encoding that a result is to have; `undefined` when none was asked for. */
export function encodingOf(option: unknown): Encoding | 'buffer' | undefined {
  if (option === undefined || option === null || option === '') return undefined;
  if (typeof option === 'object') return namedEncoding((option as { encoding?: unknown }).encoding);
  if (typeof option !== 'string') throw invalidType('options', 'one of type string or object', option);
  return namedEncoding(option);
}

/** As in Node, what is not there in any way is no encoding, and no error. */
function namedEncoding(name: unknown): Encoding | 'buffer' | undefined {
  if (!name) return undefined;
  return name === 'buffer' ? 'buffer' : checkEncoding(name);
}

/** Like {@link encodingOf} for content, where `buffer` is the same as nothing. */
export function textEncodingOf(option: unknown): Encoding | undefined {
  const encoding = encodingOf(option);
  return encoding === 'buffer' ? undefined : encoding;
}

export function checkBoolean(value: unknown, name: string): boolean {
  if (value === undefined) return false;
  if (typeof value !== 'boolean') throw invalidType(name, 'of type boolean', value);
  return value;
}

export function checkObject(value: unknown, name: string): void {
  if (value !== undefined && (value === null || typeof value !== 'object'))
    throw invalidType(name, 'of type object', value);
}

/** The signal in the options, if there is one. */
export function signalOf(signal: unknown): AbortSignal | undefined {
  if (signal === undefined || signal === null) return undefined;
  if (typeof signal === 'object' && 'aborted' in signal) return signal as AbortSignal;
  throw invalidType('options.signal', 'an instance of AbortSignal', signal);
}

/** Throws an AbortError when the signal says so. */
export function checkSignal(signal: unknown): void {
  const known = signalOf(signal);
  if (known?.aborted === true) throw new FsAbortError(known.reason);
}

export function callbackOf<T extends (...args: never[]) => void>(callback: unknown, name: string = 'cb'): T {
  if (typeof callback === 'function') return callback as T; // what it takes is the caller's promise
  const received = receivedSuffix(undefined);
  throw new FsArgumentError(
    'ERR_INVALID_ARG_TYPE',
    `The "${name}" argument must be of type function. Received ${received}`,
  );
}

/** What is called with every event. */
export function checkListener(listener: unknown): asserts listener is (...args: never[]) => void {
  if (typeof listener !== 'function') throw invalidType('listener', 'of type function', listener);
}
