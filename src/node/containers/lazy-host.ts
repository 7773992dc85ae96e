/** The host of containers, loaded when the first one runs: who only reads images does not wait for sockets. */

import type { ContainerHost } from '../../engine/run/control.js';

const load = async (): Promise<ContainerHost> => (await import('./socket-host.js')).socketHost;

export const socketHost: ContainerHost = {
  serve: async (place, control) => (await load()).serve(place, control),
  reach: async (place) => (await load()).reach(place),
  hostPath: async (path) => (await load()).hostPath(path),
};
