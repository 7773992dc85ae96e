/** What is said over the socket of a container: JSON, one message a line; bytes in base64. */

import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';

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

/** Waits until the other side keeps up; fails when it is gone. */
export async function send(socket: Socket, message: Message): Promise<void> {
  if (!socket.write(`${JSON.stringify(message)}\n`)) await once(socket, 'drain');
}

/** The messages until the other side ends. Only processes of this user write to the socket. */
export async function* messagesOf(socket: Socket): AsyncGenerator<Message, void, undefined> {
  const lines = createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) yield JSON.parse(line) as Message;
}
