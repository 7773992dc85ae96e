/** A proxy on the loopback interface that cuts connections after so many bytes. */

import { connect, createServer, type Socket } from 'node:net';

export interface CuttingProxy {
  readonly host: string;
  /** Connections that were cut. */
  readonly cuts: number;
  stop(): Promise<void>;
}

/** Each limit is used up by the first connection on which that much passes; all after that stay whole. */
export interface Cuts {
  readonly toServer?: readonly number[];
  readonly toClient?: readonly number[];
}

export async function startCuttingProxy(target: string, cuts: Cuts): Promise<CuttingProxy> {
  const left = { toServer: [...(cuts.toServer ?? [])], toClient: [...(cuts.toClient ?? [])] };
  const sockets = new Set<Socket>();
  let count = 0;
  const [host = '', port = ''] = target.split(':');
  const server = createServer((client) => {
    const behind = connect(Number(port), host);
    for (const socket of [client, behind]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        behind.destroy();
      });
    }
    const pass = (from: Socket, to: Socket, limits: number[]): void => {
      let size = 0;
      from.on('data', (chunk) => {
        const [limit] = limits;
        const isCut = limit !== undefined && size + chunk.length > limit;
        const part = isCut ? chunk.subarray(0, limit - size) : chunk;
        size += part.length;
        if (!isCut) {
          if (!to.write(part)) {
            from.pause();
            to.once('drain', () => from.resume());
          }
          return;
        }
        limits.shift();
        count++;
        from.pause();
        to.end(part, () => {
          client.destroy();
          behind.destroy();
        });
      });
    };
    pass(client, behind, left.toServer);
    pass(behind, client, left.toClient);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    host: `127.0.0.1:${address.port}`,
    get cuts() {
      return count;
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
