/** `serve`: a registry on a port of this machine. */

import * as fs from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { parseReference } from '../../image/reference.js';
import type { HttpServer } from '../../node/registry/http-server.js';
import type { Authorize } from '../../registry/server/access/access.js';
import type { Registry, RequestHandler } from '../../registry/server/registry.js';
import type { Upstream } from '../../registry/server/upstream/upstream.js';
import { colorsFor } from '../colors.js';
import { errorText } from '../errors.js';
import { withExamples } from '../help.js';
import { write } from '../io.js';
import { type RegistryFlags, registryClient, registryOptions } from '../registry/client.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';
import type { VerbModule } from '../verbs.js';

interface ServeFlags extends RegistryFlags {
  readonly port: string;
  readonly host: string;
  readonly htpasswd?: string;
  readonly token?: boolean;
  readonly readOnly?: boolean;
  readonly sparse?: boolean;
  readonly upstream?: string;
}

export const verbs: VerbModule['verbs'] = { serve };

/** Below the root of the store. */
const FOLDER = 'registry';
const COLLECT_EVERY_MS = 10 * 60 * 1000;

function serve(command: Command, session: Session): void {
  registryOptions(command)
    .option('-p, --port <port>', 'where to listen; 0 for any that is free', '5000')
    .option('--host <address>', 'who is let in: 0.0.0.0 for everybody', '127.0.0.1')
    .option('--htpasswd <file>', 'users with their passwords, as htpasswd -B writes them; nobody else is let in')
    .option('--token', 'with --htpasswd: give out tokens for passwords, as large registries do')
    .option('--read-only', 'nothing can be pushed or deleted')
    .option('--upstream <registry>', 'fetch what is not here from there, and keep it; nothing can be pushed')
    .option('--sparse', 'take manifests whose blobs are not here')
    .action(async (flags: ServeFlags) => {
      const { handler, registry } = await open(flags, session);
      const server = await listen(handler, flags);
      await session.print(`Serving ${join(session.root, FOLDER)} at ${server.url}\n`);
      const timer = setInterval(() => {
        registry.collect().catch((error: unknown) => complain(error, session));
      }, COLLECT_EVERY_MS);
      try {
        await ended(session.io.signal);
      } finally {
        clearInterval(timer);
        await server.close();
      }
    });
  withExamples(command, [
    ['stratum serve', 'a registry at 127.0.0.1:5000'],
    ['stratum serve --port 0', 'at a port that is free; it is printed'],
    ['stratum serve --htpasswd users', 'for those who are in the file'],
    ['stratum serve --read-only', 'for pulls'],
    ['stratum serve --upstream registry.example.org', 'a cache before another registry'],
  ]);
}

interface Opened {
  readonly handler: RequestHandler;
  readonly registry: Registry;
}

async function open(flags: ServeFlags, session: Session): Promise<Opened> {
  await import('../../node/platform.js');
  const { openRegistry } = await import('../../registry/server/directory-registry.js');
  const { readOnly } = await import('../../registry/server/read-only.js');
  const access = await accessFor(flags, session);
  const registry = await openRegistry(join(session.root, FOLDER), fs, {
    sparse: flags.sparse === true,
    onError: (error) => void complain(error, session),
    ...(access !== undefined && { authorize: access.authorize }),
    ...(flags.upstream !== undefined && { upstream: await upstreamAt(flags.upstream, flags, session) }),
  });
  const served = flags.readOnly === true || flags.upstream !== undefined ? readOnly(registry) : registry;
  return { registry, handler: access?.around?.(served) ?? served };
}

/** Docker's credentials are used, so that the cache has what its user may read: it is open to whoever reaches it. */
async function upstreamAt(registry: string, flags: ServeFlags, session: Session): Promise<Upstream> {
  const host = registry.replace(/^https?:\/\//, '').replace(/\/$/, '');
  parseReference(`${host}/any`);
  const { clientUpstream } = await import('../../registry/server/upstream/client-upstream.js');
  return clientUpstream(await registryClient(session, flags), host);
}

async function accessFor(flags: ServeFlags, session: Session): Promise<Access | undefined> {
  if (flags.htpasswd === undefined) {
    if (flags.token === true) throw new UsageError('--token needs --htpasswd: tokens are given for passwords');
    return undefined;
  }
  const { htpasswd } = await import('../../registry/server/access/passwords.js');
  const { compareBcrypt } = await import('../../node/registry/bcrypt.js');
  const passwords = htpasswd(await readFile(session.hostPath(flags.htpasswd), 'utf8'), compareBcrypt);
  if (flags.token === true) {
    const { tokenAccess } = await import('../../registry/server/access/tokens.js');
    return tokenAccess({ passwords });
  }
  const { basicAccess } = await import('../../registry/server/access/basic.js');
  return { authorize: basicAccess({ passwords }) };
}

interface Access {
  readonly authorize: Authorize;
  readonly around?: (handler: RequestHandler) => RequestHandler;
}

async function listen(handler: RequestHandler, { host, port }: ServeFlags): Promise<HttpServer> {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new UsageError(`not a port: ${port}`);
  const { serveHttp } = await import('../../node/registry/http-server.js');
  return serveHttp(handler, { host, port: Number(port) });
}

/** When the process is asked to end. */
function ended(interrupt: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      process.off('SIGTERM', end);
      interrupt.removeEventListener('abort', end);
      resolve();
    };
    process.on('SIGTERM', end);
    if (interrupt.aborted) end();
    else interrupt.addEventListener('abort', end);
  });
}

/** What went wrong while others were served is told, and the server goes on. */
async function complain(error: unknown, session: Session): Promise<void> {
  const { io, settings } = session;
  const colors = colorsFor(io, io.stderr);
  await write(io.stderr, errorText(error, { colors, debug: settings.debug === true })).catch(() => {});
}
