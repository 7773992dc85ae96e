/** What is said over the socket of a container: JSON, one message a line; bytes in base64. */

import type { Socket } from 'node:net';
import { utf8 } from '../../base/bytes.js';
import { StratumError } from '../../base/error.js';
import { isJsonObject, type JsonValue, parseJsonObject } from '../../base/json.js';

export type Message =
  | { readonly kind: 'wait' | 'done' | 'inputEnd' }
  | { readonly kind: 'kill'; readonly signal: number }
  | {
      readonly kind: 'exec';
      readonly argv: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly cwd: string;
      readonly user: string;
      readonly terminal: boolean;
      readonly hasInput: boolean;
    }
  | { readonly kind: 'input'; readonly data: string }
  | { readonly kind: 'output'; readonly stream: 'stdout' | 'stderr'; readonly data: string }
  | { readonly kind: 'exit'; readonly exitCode: number }
  | { readonly kind: 'error'; readonly text: string };

/** Bytes of a stream that go into one message at most. */
export const PIECE_BYTES: number = 64 * 1024;
/** Arguments and variables are the longest that a message can be: Linux takes 2 MiB of them. */
const LINE_LIMIT = 8 * 1024 * 1024;
const HIGHEST_SIGNAL = 64;

/** Waits until it is on its way; fails when the other side is gone. */
export function send(socket: Socket, message: Message): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(`${JSON.stringify(message)}\n`, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/** The messages until the other side ends. Fails with JSON_INVALID, and LIMIT_EXCEEDED for a line without an end. */
export async function* messagesOf(socket: AsyncIterable<Uint8Array>): AsyncGenerator<Message, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of socket) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LINE_LIMIT)
      throw new StratumError('LIMIT_EXCEEDED', `a message of over ${LINE_LIMIT} characters`);
    for (const line of lines) yield messageOf(line);
  }
}

function messageOf(line: string): Message {
  const value = parseJsonObject(utf8(line));
  const { kind, signal, exitCode, argv, env, cwd, user, terminal, hasInput, stream, data, text } = value;
  switch (kind) {
    case 'wait':
    case 'done':
    case 'inputEnd':
      return { kind };
    case 'kill':
      if (isWhole(signal) && signal >= 1 && signal <= HIGHEST_SIGNAL) return { kind, signal };
      break;
    case 'exec':
      if (!isTexts(argv) || !isVariables(env) || typeof cwd !== 'string' || typeof user !== 'string') break;
      return { kind, argv, env, cwd, user, terminal: terminal === true, hasInput: hasInput === true };
    case 'input':
      if (typeof data === 'string') return { kind, data };
      break;
    case 'output':
      if (typeof data === 'string' && (stream === 'stdout' || stream === 'stderr')) return { kind, stream, data };
      break;
    case 'exit':
      if (isWhole(exitCode)) return { kind, exitCode };
      break;
    case 'error':
      if (typeof text === 'string') return { kind, text };
      break;
  }
  throw new StratumError('JSON_INVALID', `not a message to a container: ${JSON.stringify(kind ?? null).slice(0, 40)}`);
}

function isWhole(value: JsonValue | undefined): value is number {
  return Number.isSafeInteger(value);
}

function isTexts(value: JsonValue | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function isVariables(value: JsonValue | undefined): value is Readonly<Record<string, string>> {
  return isJsonObject(value) && isTexts(Object.values(value));
}
