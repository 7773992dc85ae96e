/** The host of containers, loaded when the first one runs: who only reads images does not wait for sockets. */

import type { ContainerHost } from '../../engine/run/control.js';

const load = async (): Promise<ContainerHost> => (await import('./socket-host.js')).socketHost;

export const socketHost: ContainerHost = {
  serve: async (control) => (await load()).serve(control),
  reach: async (address) => (await load()).reach(address),
  hostPath: async (path) => (await load()).hostPath(path),
};
