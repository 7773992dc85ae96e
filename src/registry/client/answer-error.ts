/** Errors out of answers: the server's own code where it gives one, and words that users look for. */

import { type ErrorCode, StratumError } from '../../base/error.js';
import { collectBytes } from '../../base/stream.js';
import { isRegistryErrorCode, parseErrorBody } from '../protocol/errors.js';
import type { CallSubject, RegistryAnswer } from './call.js';

/** Of the body of an error; what is behind it is not read. */
const BODY_LIMIT_BYTES = 64 * 1024;
/** Of what a server says in its own words. */
const TEXT_LIMIT = 300;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]+/g;

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'UNAUTHORIZED',
  403: 'DENIED',
  405: 'UNSUPPORTED',
  413: 'SIZE_INVALID',
  416: 'RANGE_INVALID',
  429: 'TOOMANYREQUESTS',
  501: 'UNSUPPORTED',
};

/** The body of an error as bytes; empty when it cannot be read or is too long to be one. */
export async function readErrorBody(answer: RegistryAnswer): Promise<Uint8Array> {
  try {
    return await collectBytes(answer.body, BODY_LIMIT_BYTES);
  } catch {
    return new Uint8Array(0);
  }
}

/** What a refused call fails with. `secrets` are taken out of what the server says: some repeat what they were sent. */
export function answerError(
  answer: Pick<RegistryAnswer, 'status' | 'url'>,
  body: Uint8Array,
  about: CallSubject,
  secrets: readonly string[] = [],
): StratumError {
  const { status } = answer;
  const told = parseErrorBody(body)[0];
  const code = told !== undefined && isRegistryErrorCode(told.code) ? told.code : codeOf(status, about);
  const text = cleanText(told?.message ?? '', secrets);
  const words = code.toLowerCase().replaceAll('_', ' ');
  const says = text === '' || text.toLowerCase() === words ? words : `${words}: ${text}`;
  const where = new URL(answer.url).host;
  const from = about.name.startsWith(`${where}/`) || about.name === where ? '' : ` from ${where}`;
  return new StratumError(code, `${about.name}: ${says} (status ${status}${from})`, {
    ...(about.digest === undefined ? {} : { digest: about.digest }),
  });
}

/** An answer that breaks the protocol. */
export function invalidAnswer(
  about: Pick<CallSubject, 'name' | 'digest'>,
  what: string,
  cause?: unknown,
): StratumError {
  return new StratumError('REGISTRY_INVALID', `${about.name}: ${what}`, {
    ...(about.digest === undefined ? {} : { digest: about.digest }),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** One line of what a server said, without what it must not repeat. */
export function cleanText(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of secrets) if (secret !== '') clean = clean.replaceAll(secret, '***');
  return clean.replace(CONTROLS, ' ').slice(0, TEXT_LIMIT).trim();
}

function codeOf(status: number, { unknown }: CallSubject): ErrorCode {
  if (status === 404) return unknown;
  return BY_STATUS[status] ?? (status >= 500 ? 'REGISTRY_UNREACHABLE' : 'REGISTRY_INVALID');
}
