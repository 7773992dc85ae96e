/** Who one is at one registry: learned from its challenges, and sent to nobody else. */

import { StratumError } from '../../base/error.js';
import { type Challenge, parseChallenges } from '../protocol/challenge.js';
import type { RegistryCredential } from './credentials.js';
import { covers, joinScopes } from './scope.js';
import type { ClientSettings } from './settings.js';
import { basicAuthorization, requestToken, secretsOf, type Token } from './token.js';

/** What the registry wants to be sent, as far as it has said. */
type Scheme =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly authorization: string }
  | { readonly kind: 'bearer'; readonly realm: string; readonly service: string | undefined };

/** Held at once; the oldest goes. */
const TOKEN_LIMIT = 1000;

export class Authenticator {
  readonly #settings: ClientSettings;
  readonly #registry: string;
  readonly #origin: string;
  #scheme: Scheme = { kind: 'none' };
  /** The newest last. */
  #tokens: readonly Token[] = [];
  /** Tokens on their way, so that many who want the same ask once. */
  readonly #asked: Map<string, Promise<Token>> = new Map();
  #secrets: readonly string[] = [];

  constructor(settings: ClientSettings, registry: string, origin: string) {
    this.#settings = settings;
    this.#registry = registry;
    this.#origin = origin;
  }

  /** True when the registry was told a name or a token that was not for everybody. */
  get isKnown(): boolean {
    return this.#scheme.kind !== 'none' && this.#secrets.length > 0;
  }

  /** What errors must not tell: what is sent, and what it is made of. */
  get secrets(): readonly string[] {
    return [...this.#secrets, ...this.#tokens.map(({ text }) => text)];
  }

  /** The header for a request with these scopes, before anybody asks for it; `undefined` while nobody has. */
  async authorization(scopes: readonly string[]): Promise<string | undefined> {
    const scheme = this.#scheme;
    if (scheme.kind === 'none') return undefined;
    if (scheme.kind === 'basic') return scheme.authorization;
    return `Bearer ${(await this.#token(scheme, scopes)).text}`;
  }

  /**
   * Answers a 401: true when another try makes sense, because there is now something to send that was not sent. What a
   * registry refused is not sent again.
   */
  async answer(header: string | undefined, scopes: readonly string[], sent: string | undefined): Promise<boolean> {
    const challenges = parseChallenges(header);
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    if (bearer !== undefined) return this.#answerBearer(bearer, scopes, sent);
    if (challenges.some(({ scheme }) => scheme === 'basic')) return this.#answerBasic(sent);
    return false;
  }

  async #answerBasic(sent: string | undefined): Promise<boolean> {
    const { username, password } = (await this.#credential()) ?? {};
    if (password === undefined) return false;
    const authorization = basicAuthorization(username ?? '', password);
    this.#scheme = { kind: 'basic', authorization };
    return authorization !== sent;
  }

  async #answerBearer(
    { parameters }: Challenge,
    scopes: readonly string[],
    sent: string | undefined,
  ): Promise<boolean> {
    const realm = parameters.get('realm');
    if (realm === undefined) {
      throw new StratumError('REGISTRY_INVALID', `${this.#registry}: asks for a token and does not say from where`);
    }
    const scheme = { kind: 'bearer', realm, service: parameters.get('service') } as const;
    this.#scheme = scheme;
    if (sent !== undefined) this.#tokens = this.#tokens.filter(({ text }) => sent !== `Bearer ${text}`);
    const { text } = await this.#token(scheme, [...scopes, ...(parameters.get('scope')?.split(' ') ?? [])]);
    return sent !== `Bearer ${text}`;
  }

  async #token(scheme: Extract<Scheme, { kind: 'bearer' }>, wanted: readonly string[]): Promise<Token> {
    const scopes = joinScopes(wanted);
    const now = this.#settings.now();
    this.#tokens = this.#tokens.filter(({ expiresAt }) => expiresAt > now);
    const held = this.#tokens.findLast((token) => covers(token.scopes, scopes));
    if (held !== undefined) return held;
    const key = `${scheme.realm}\n${scheme.service ?? ''}\n${scopes.join(' ')}`;
    const asked = this.#asked.get(key) ?? this.#ask(scheme, scopes).finally(() => this.#asked.delete(key));
    this.#asked.set(key, asked);
    return asked;
  }

  async #ask({ realm, service }: Extract<Scheme, { kind: 'bearer' }>, scopes: readonly string[]): Promise<Token> {
    const [registry, origin] = [this.#registry, this.#origin];
    const credential = await this.#credential();
    const token =
      credential?.registryToken === undefined
        ? await requestToken(this.#settings, { realm, service, scopes, credential, registry, origin })
        : { text: credential.registryToken, expiresAt: Number.POSITIVE_INFINITY, scopes };
    this.#tokens = [...this.#tokens.slice(-TOKEN_LIMIT), token];
    return token;
  }

  async #credential(): Promise<RegistryCredential | undefined> {
    const credential = await this.#settings.credentials.lookup(this.#registry);
    this.#secrets = secretsOf(credential);
    return credential;
  }
}
