/**
 * Bearer tokens (Docker's "Token Authentication Specification", in its form with GET and its form for OAuth 2 with
 * POST): one who is refused is sent for a token, gets it for a password, and comes back with it.
 */

import { hex } from '../../../base/bytes.js';
import { isStratumError } from '../../../base/error.js';
import { collectBytes } from '../../../base/stream.js';
import { formatChallenge } from '../../protocol/challenge.js';
import { jsonAnswer } from '../answer.js';
import { requestBody } from '../body.js';
import { Refusal, refusalResponse } from '../refusal.js';
import type { RequestHandler } from '../registry.js';
import type { Action, Ask, Authorize } from './access.js';
import { GRANTED } from './access.js';
import { parseBasic } from './basic.js';
import type { CheckPassword } from './passwords.js';
import { everythingForUsers, type Rights } from './rights.js';
import { formatScope, parseScopes, type Scope } from './scope.js';

export interface TokenOptions {
  readonly passwords: CheckPassword;
  readonly rights?: Rights;
  /** The name that a token is for; `registry` without it. */
  readonly service?: string;
  /** Where tokens are to be had, as a URL; at `/token` of the registry itself without it. */
  readonly realm?: string;
  /** How long one is good; five minutes without it. */
  readonly lifetimeSeconds?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

export interface TokenAccess {
  readonly authorize: Authorize;
  /** The same handler, which gives out tokens as well. */
  around(registry: RequestHandler): RequestHandler;
}

const PATH = '/token';
const TOKEN_BYTES = 32;
/** The oldest are forgotten first. */
const TOKEN_LIMIT = 100_000;
const FORM_LIMIT_BYTES = 64 * 1024;
const FORM_IDLE_MS = 10_000;

/** A token, and what it is good for. */
interface Grant {
  readonly user: string | undefined;
  readonly scopes: readonly Scope[];
  readonly untilMs: number;
}

export function tokenAccess(options: TokenOptions): TokenAccess {
  const { service = 'registry', now = Date.now } = options;
  const grants = new TokenTable<Grant>();
  return {
    authorize: async (ask) => {
      const token = bearerToken(ask.authorization);
      const grant = token === undefined ? undefined : grants.get(token);
      const isGood = grant !== undefined && grant.untilMs > now();
      if (isGood && covers(grant, ask)) return GRANTED;
      const error = token === undefined ? undefined : isGood ? 'insufficient_scope' : 'invalid_token';
      return { kind: 'unknown', challenge: challengeFor(ask, { ...options, service }, error) };
    },
    around: (registry) => {
      const issue = new TokenIssuer({ ...options, service, now }, grants);
      return {
        fetch: async (request) => {
          if (new URL(request.url).pathname !== PATH) return registry.fetch(request);
          return issue.answer(request).catch(refusalResponse);
        },
      };
    },
  };
}

type Settled = TokenOptions & Required<Pick<TokenOptions, 'service' | 'now'>>;

/** Gives out tokens for passwords, and for the tokens that stand for a password. */
class TokenIssuer {
  readonly #options: Settled;
  readonly #grants: TokenTable<Grant>;
  /** Identity tokens: the users whose password they stand for. */
  readonly #identities: TokenTable<string> = new TokenTable();

  constructor(options: Settled, grants: TokenTable<Grant>) {
    this.#options = options;
    this.#grants = grants;
  }

  async answer(request: Request): Promise<Response> {
    switch (request.method) {
      case 'GET':
        return this.#byGet(request);
      case 'POST':
        return this.#byForm(await formOf(request));
      default:
        throw new Refusal('UNSUPPORTED', 'tokens are asked for by GET or POST', { headers: { allow: 'GET, POST' } });
    }
  }

  /** A password is that of Basic; without one the token is nobody's. */
  async #byGet(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const header = request.headers.get('authorization') ?? undefined;
    const given = parseBasic(header);
    if (header !== undefined && given === undefined) throw wrong();
    if (given !== undefined && !(await this.#options.passwords(given.user, given.password))) throw wrong();
    const scopes = parseScopes(searchParams.getAll('scope').join(' '));
    const isOffline = searchParams.get('offline_token') === 'true';
    return this.#issue(given?.user, scopes, { isOffline });
  }

  async #byForm(form: URLSearchParams): Promise<Response> {
    const scopes = parseScopes(form.getAll('scope').join(' '));
    switch (form.get('grant_type')) {
      case 'password': {
        const user = form.get('username') ?? '';
        if (!(await this.#options.passwords(user, form.get('password') ?? ''))) throw wrong();
        return this.#issue(user, scopes, { isOffline: form.get('access_type') === 'offline' });
      }
      case 'refresh_token': {
        const identity = form.get('refresh_token') ?? '';
        const user = this.#identities.get(identity);
        if (user === undefined) throw wrong();
        return this.#issue(user, scopes, { identity });
      }
      default:
        throw new Refusal('UNSUPPORTED', 'grant_type is neither password nor refresh_token', { status: 400 });
    }
  }

  /** Of what was asked for, the token is good for what the user may do. */
  #issue(
    user: string | undefined,
    asked: readonly Scope[],
    { isOffline = false, identity }: { readonly isOffline?: boolean; readonly identity?: string },
  ): Response {
    const { rights = everythingForUsers, lifetimeSeconds = 300, now } = this.#options;
    const scopes = asked.map(({ repository, actions }) => ({
      repository,
      actions: actions.filter((action) => rights(user, repository, action)),
    }));
    const issuedMs = now();
    const token = this.#grants.add({ user, scopes, untilMs: issuedMs + lifetimeSeconds * 1000 });
    const refresh = identity ?? (isOffline && user !== undefined ? this.#identities.add(user) : undefined);
    return jsonAnswer(
      {
        token,
        access_token: token,
        expires_in: lifetimeSeconds,
        issued_at: new Date(issuedMs).toISOString(),
        scope: scopes.map(formatScope).join(' '),
        ...(refresh !== undefined && { refresh_token: refresh }),
      },
      { 'cache-control': 'no-store' },
    );
  }
}

/** Values by tokens that nobody can guess. */
class TokenTable<T> {
  readonly #values: Map<string, T> = new Map();

  add(value: T): string {
    const token = hex(globalThis.crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)));
    this.#values.set(token, value);
    if (this.#values.size > TOKEN_LIMIT) {
      const [oldest] = this.#values.keys();
      this.#values.delete(oldest ?? '');
    }
    return token;
  }

  get(token: string): T | undefined {
    return this.#values.get(token);
  }
}

/** The ping is for whoever has a token at all. A mount needs one that its source was asked for with, granted or not. */
function covers({ scopes }: Grant, { repository, action, mountFrom }: Ask): boolean {
  if (repository === undefined) return true;
  if (mountFrom !== undefined && !scopes.some((scope) => scope.repository === mountFrom)) return false;
  return scopes.some((scope) => scope.repository === repository && scope.actions.includes(action));
}

function challengeFor(
  { repository, action, mountFrom, origin }: Ask,
  options: TokenOptions,
  error: string | undefined,
): string {
  const scopes: Scope[] = repository === undefined ? [] : [{ repository, actions: neededFor(action) }];
  if (mountFrom !== undefined && mountFrom !== repository) scopes.push({ repository: mountFrom, actions: ['pull'] });
  return formatChallenge('Bearer', {
    realm: options.realm ?? `${origin}${PATH}`,
    service: options.service ?? '',
    ...(repository !== undefined && { scope: scopes.map(formatScope).join(' ') }),
    ...(error !== undefined && { error }),
  });
}

/** Who pushes reads as well: whether a blob is there, and what it has written. */
function neededFor(action: Action): readonly Action[] {
  return action === 'push' ? ['pull', 'push'] : [action];
}

function bearerToken(header: string | undefined): string | undefined {
  return /^bearer\s+(\S+)\s*$/i.exec(header ?? '')?.[1];
}

async function formOf(request: Request): Promise<URLSearchParams> {
  try {
    return new URLSearchParams(
      new TextDecoder().decode(await collectBytes(requestBody(request, FORM_IDLE_MS), FORM_LIMIT_BYTES)),
    );
  } catch (error) {
    if (isStratumError(error, 'LIMIT_EXCEEDED'))
      throw new Refusal('SIZE_INVALID', 'the form is too long', { status: 413 });
    throw error;
  }
}

function wrong(): Refusal {
  return new Refusal('UNAUTHORIZED', 'the user is unknown, or the password wrong');
}
