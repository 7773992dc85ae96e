/** `playground`: the page to learn with, at a port of this machine. */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { withExamples } from '../help.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';
import type { VerbModule } from '../verbs.js';

interface PlaygroundFlags {
  readonly port: string;
  readonly open: boolean;
}

export const verbs: VerbModule['verbs'] = { playground };

/** The page is beside the program that is run: in the package, and in a clone that was built. */
const PLACES = ['../playground/', '../../playground/', '../../../dist/playground/'];
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
};
/** All that there is; nothing else of the machine is ever read. */
const FILES: ReadonlyMap<string, string> = new Map([
  ['/', 'index.html'],
  ['/index.html', 'index.html'],
  ['/playground.html', 'playground.html'],
  ['/shell.js', 'shell.js'],
]);

function playground(command: Command, session: Session): void {
  command
    .option('-p, --port <port>', 'where to listen; 0 for any that is free', '0')
    .option('--no-open', 'only print the address')
    .action(async (flags: PlaygroundFlags) => {
      const folder = pageFolder();
      const server = await listen(portOf(flags.port), folder);
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      await session.print(`The playground is at ${address}\nInterrupt (Ctrl+C) ends it.\n`);
      if (flags.open && session.io.stdout.isTTY === true) openInBrowser(address);
      try {
        await interrupted(session.io.signal);
      } finally {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    });
  withExamples(command, [
    ['stratum playground', 'in your browser'],
    ['stratum playground --no-open --port 8080', 'at http://127.0.0.1:8080/'],
  ]);
}

function pageFolder(): URL {
  const found = PLACES.map((place) => new URL(place, import.meta.url)).find((folder) =>
    existsSync(fileURLToPath(new URL('index.html', folder))),
  );
  if (found !== undefined) return found;
  throw new UsageError('the page was not built', "In a clone, 'npm run build' makes it.");
}

function portOf(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new UsageError(`not a port: ${text}`);
  return Number(text);
}

function listen(port: number, folder: URL): Promise<Server> {
  const server = createServer((request, response) => {
    void serveFile(request.method ?? '', request.url ?? '', { folder, response });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

async function serveFile(
  method: string,
  url: string,
  { folder, response }: { readonly folder: URL; readonly response: ServerResponse },
): Promise<void> {
  const name = FILES.get(url.replace(/[?#].*$/s, ''));
  if (name === undefined || (method !== 'GET' && method !== 'HEAD')) {
    response.writeHead(name === undefined ? 404 : 405, { 'content-type': 'text/plain' }).end();
    return;
  }
  try {
    const body = await readFile(new URL(name, folder));
    response.writeHead(200, {
      'content-type': TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'text/plain',
      'content-length': body.length,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache',
    });
    response.end(method === 'HEAD' ? undefined : body);
  } catch {
    response.writeHead(404, { 'content-type': 'text/plain' }).end();
  }
}

/** Where there is no browser, the address that was printed serves. */
function openInBrowser(address: string): void {
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(program ?? 'xdg-open', [...args, address], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}

const OPENERS: Readonly<Record<string, readonly string[]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

function interrupted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      process.off('SIGTERM', end);
      signal.removeEventListener('abort', end);
      resolve();
    };
    process.on('SIGTERM', end);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
}
