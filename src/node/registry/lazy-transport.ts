/** The transport for registries, loaded when one is first spoken to: most programs never do. */

import type { HttpTransport } from '../../registry/client/transport.js';

export const lazyTransport: HttpTransport = async (request) => {
  const { nodeTransport } = await import('./http-transport.js');
  return nodeTransport(request);
};
