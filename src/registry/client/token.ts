/** Tokens for registries, from the service that a challenge names (distribution, "Token Authentication Specification"). */

import { utf8 } from '../../base/bytes.js';
import { StratumError } from '../../base/error.js';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../base/json.js';
import { collectBytes } from '../../base/stream.js';
import { parseErrorBody } from '../protocol/errors.js';
import { cleanText, readErrorBody } from './answer-error.js';
import type { RegistryAnswer } from './call.js';
import type { RegistryCredential } from './credentials.js';
import { isLoopback } from './endpoint.js';
import { isPassing, parseRetryAfterMs, retryWaitMs } from './retry.js';
import type { ClientSettings } from './settings.js';
import { TransferError, transfer } from './transfer.js';

export interface Token {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly scopes: readonly string[];
}

export interface TokenRequest {
  /** As the challenge has it. */
  readonly realm: string;
  readonly service: string | undefined;
  readonly scopes: readonly string[];
  readonly credential: RegistryCredential | undefined;
  /** Whom the token is for. */
  readonly registry: string;
  readonly origin: string;
}

const ANSWER_LIMIT_BYTES = 256 * 1024;
/** What a token lives when its service does not say. */
const DEFAULT_LIFE_MS = 60_000;
/** Of its life, a token is not used at the end: it must still hold when the registry looks at it. */
const UNUSED_LIFE = 0.1;
const CLIENT_ID = 'stratum';
/** What a header can carry. */
const TOKEN_TEXT = /^[\x21-\x7e]{1,65536}$/;

/**
 * Asks for a token: with an identity token by POST, else by GET, with the password if there is one. Fails with
 * UNAUTHORIZED or DENIED when the service does not agree, REGISTRY_INVALID when its answer is none.
 */
export async function requestToken(settings: ClientSettings, request: TokenRequest): Promise<Token> {
  const realm = realmOf(request);
  const credential = maySendSecrets(realm, request.origin) ? request.credential : undefined;
  const askedAt = settings.now();
  const answer = await askAgain(settings, request, () => ask(settings, realm, request, credential));
  if (answer.status !== 200) throw await refusal(answer, realm, request, credential);
  const { text, lifeMs } = await readToken(answer, realm, request);
  return { text, expiresAt: askedAt + lifeMs * (1 - UNUSED_LIFE), scopes: request.scopes };
}

/** A service is anywhere; what names it is only to be believed so far. */
function realmOf({ realm, registry }: TokenRequest): URL {
  let url: URL | undefined;
  try {
    url = new URL(realm);
  } catch {
    // Told below.
  }
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new StratumError(
      'REGISTRY_INVALID',
      `${registry}: its tokens come from ${cleanText(realm)}, which is no URL`,
    );
  }
  url.username = '';
  url.password = '';
  url.hash = '';
  return url;
}

/** Passwords go over https, or to where the registry itself is spoken to in the clear. */
function maySendSecrets(realm: URL, origin: string): boolean {
  if (realm.protocol === 'https:') return true;
  const registry = new URL(origin);
  if (registry.protocol !== 'http:') return false;
  return realm.hostname === registry.hostname || (isLoopback(realm.hostname) && isLoopback(registry.hostname));
}

function ask(
  settings: ClientSettings,
  realm: URL,
  { service, scopes }: TokenRequest,
  credential: RegistryCredential | undefined,
): Promise<RegistryAnswer> {
  const { identityToken, username, password } = credential ?? {};
  if (identityToken !== undefined) {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: identityToken,
      client_id: CLIENT_ID,
    });
    if (service !== undefined) form.set('service', service);
    if (scopes.length > 0) form.set('scope', scopes.join(' '));
    const bytes = utf8(form.toString());
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': `${bytes.length}` };
    const body = { size: bytes.length, open: () => bytes };
    return transfer(settings, { method: 'POST', url: realm, headers, body, signal: undefined });
  }
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  const headers: Record<string, string> =
    password === undefined ? {} : { authorization: basicAuthorization(username ?? '', password) };
  return transfer(settings, { method: 'GET', url, headers, signal: undefined });
}

export function basicAuthorization(username: string, password: string): string {
  return `Basic ${btoa(String.fromCharCode(...utf8(`${username}:${password}`)))}`;
}

/** Asking twice changes nothing. */
async function askAgain(
  { retry, now, signal = new AbortController().signal }: ClientSettings,
  { registry }: TokenRequest,
  send: () => Promise<RegistryAnswer>,
): Promise<RegistryAnswer> {
  for (let failures = 1; ; failures++) {
    const outcome = await send().catch((error: unknown) => {
      if (error instanceof TransferError) return error;
      throw error;
    });
    const isError = outcome instanceof TransferError;
    if (!isError && !isPassing(outcome.status, 'always')) return outcome;
    const askedMs = isError ? undefined : parseRetryAfterMs(outcome.header('retry-after'), now());
    const waitMs = retryWaitMs(failures, retry, askedMs);
    if (waitMs === undefined && isError) {
      throw new StratumError(outcome.code, `${registry}: no token: ${outcome.what}`, { cause: outcome.cause });
    }
    if (waitMs === undefined) return outcome as RegistryAnswer;
    if (!isError) await outcome.discard();
    await retry.sleep(waitMs, signal);
  }
}

async function refusal(
  answer: RegistryAnswer,
  realm: URL,
  { registry, credential: known }: TokenRequest,
  sent: RegistryCredential | undefined,
): Promise<StratumError> {
  const { status } = answer;
  const text = cleanText(serviceText(await readErrorBody(answer)), secretsOf(sent));
  const withheld = known !== undefined && sent === undefined ? '; credentials are not sent there in the clear' : '';
  const why = `(status ${status} from ${realm.host}${withheld})`;
  const what = (words: string): string => `${registry}: ${words}${text === '' ? '' : `: ${text}`} ${why}`;
  if (status === 401 || status === 400) return new StratumError('UNAUTHORIZED', what('unauthorized'));
  if (status === 403) return new StratumError('DENIED', what('denied'));
  if (status === 429) return new StratumError('TOOMANYREQUESTS', what('toomanyrequests'));
  const code = status >= 500 ? 'REGISTRY_UNREACHABLE' : 'REGISTRY_INVALID';
  return new StratumError(code, what('its token service gives no token'));
}

/** Services say it as registries do, as OAuth does, or in a way of their own. */
function serviceText(body: Uint8Array): string {
  const told = parseErrorBody(body)[0]?.message;
  if (told !== undefined) return told;
  const document = jsonOf(body);
  for (const field of ['error_description', 'details', 'message', 'error']) {
    const value = document?.[field];
    if (typeof value === 'string') return value;
  }
  return '';
}

async function readToken(
  answer: RegistryAnswer,
  { host }: URL,
  { registry }: TokenRequest,
): Promise<{ readonly text: string; readonly lifeMs: number }> {
  const invalid = (what: string): StratumError =>
    new StratumError('REGISTRY_INVALID', `${registry}: the token service at ${host} ${what}`);
  const bytes = await collectBytes(answer.body, ANSWER_LIMIT_BYTES).catch((error: unknown) => {
    if (error instanceof StratumError && error.code === 'LIMIT_EXCEEDED') {
      throw invalid(`gives more than ${ANSWER_LIMIT_BYTES} bytes`);
    }
    throw error;
  });
  const document = jsonOf(bytes);
  const text = textOf(document?.['token']) ?? textOf(document?.['access_token']);
  if (text === undefined) throw invalid('gives no token');
  if (!TOKEN_TEXT.test(text)) throw invalid('gives a token that no header can carry');
  const seconds = document?.['expires_in'];
  return { text, lifeMs: typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : DEFAULT_LIFE_MS };
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Without a word of what is wrong with it: the word may be the token. */
function jsonOf(bytes: Uint8Array): JsonObject | undefined {
  try {
    const value = parseJson(bytes);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What must not be told. */
export function secretsOf(credential: RegistryCredential | undefined): string[] {
  const { username, password, identityToken, registryToken } = credential ?? {};
  const basic =
    password === undefined ? undefined : basicAuthorization(username ?? '', password).slice('Basic '.length);
  return [password, basic, identityToken, registryToken].filter((secret) => secret !== undefined);
}
