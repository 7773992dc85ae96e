/** Where a registry is: its host, and whether it is spoken to over https. */

import type { ClientSettings } from './settings.js';

/** Docker's registry answers under another name than the one in references. */
const HOSTS: ReadonlyMap<string, string> = new Map([['docker.io', 'registry-1.docker.io']]);

/** The origins that a registry may have, the one to try first in front. */
export function originsOf(
  registry: string,
  { plainHttp, verifyTls }: Pick<ClientSettings, 'plainHttp' | 'verifyTls'>,
): readonly string[] {
  const host = HOSTS.get(registry) ?? registry;
  const [secure, plain] = [new URL(`https://${host}`).origin, new URL(`http://${host}`).origin];
  if (plainHttp === true) return [plain];
  if (plainHttp === false) return [secure];
  if (isLoopback(new URL(plain).hostname)) return [plain, secure];
  return verifyTls ? [secure] : [secure, plain];
}

/** True for what never leaves the machine, by its name: `localhost`, 127.0.0.0/8, `[::1]`. */
export function isLoopback(hostname: string): boolean {
  return /^(?:(?:[a-z0-9-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

/** What servers that want https say to http, with status 400 (Go's net/http, and others after it). */
export function wantsHttps(status: number, body: string): boolean {
  return status === 400 && /HTTP request (?:was sent )?to (?:an )?HTTPS (?:server|port)/i.test(body);
}
