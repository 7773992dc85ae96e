/** Basic authentication (RFC 7617). */

import { utf8Text } from '../../../base/bytes.js';
import { formatChallenge } from '../../protocol/challenge.js';
import type { Authorize } from './access.js';
import { DENIED, GRANTED } from './access.js';
import type { CheckPassword } from './passwords.js';
import { everythingForUsers, type Rights } from './rights.js';

export interface BasicOptions {
  readonly passwords: CheckPassword;
  /** Shown to who is asked for a password. */
  readonly realm?: string;
  /** Without it users may do everything, and nobody else anything. */
  readonly rights?: Rights;
}

export interface NameAndPassword {
  readonly user: string;
  readonly password: string;
}

/** Grants by user and password. */
export function basicAccess({ passwords, realm = 'registry', rights = everythingForUsers }: BasicOptions): Authorize {
  const challenge = formatChallenge('Basic', { realm });
  return async ({ authorization, repository, action }) => {
    const given = parseBasic(authorization);
    if (given !== undefined && !(await passwords(given.user, given.password))) return { kind: 'unknown', challenge };
    if (rights(given?.user, repository, action)) return GRANTED;
    return given === undefined ? { kind: 'unknown', challenge } : DENIED;
  };
}

/** What a header of the scheme Basic holds; `undefined` for any other. */
export function parseBasic(header: string | undefined): NameAndPassword | undefined {
  const [, encoded] = /^basic\s+([A-Za-z0-9+/]+={0,2})\s*$/i.exec(header ?? '') ?? [];
  const text = encoded === undefined ? undefined : decoded(encoded);
  const colon = text?.indexOf(':') ?? -1;
  if (text === undefined || colon < 0) return undefined;
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

function decoded(base64: string): string | undefined {
  try {
    return utf8Text(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
