/** Installs what Node does better than portable code: loaded once, for its effect, by the entry for Node. */

import { EventEmitter } from 'node:events';
import * as fs from 'node:fs';
import { threads } from '../base/thread.js';
import { hashing } from '../digest/hasher.js';
import { storeFiles } from '../engine/context.js';
import { containerHost } from '../engine/run/control.js';
import { emitterClass } from '../fs/emitter.js';
import { fileStreams } from '../fs/streams-port.js';
import { compression } from '../layer/compression.js';
import { httpTransport } from '../registry/client/transport.js';
import { nodeCompression } from './compression.js';
import { socketHost } from './containers/lazy-host.js';
import { nodeHasher } from './hasher.js';
import { lazyTransport } from './registry/lazy-transport.js';
import { nodeStreams } from './streams.js';
import { startThread } from './threads.js';

// For its types: those who install the package see Node's own `fs` only if a declaration file leads there.
export type {} from './streams.js';

hashing.install(nodeHasher);
compression.install(nodeCompression);
fileStreams.install(nodeStreams);
emitterClass.install(EventEmitter);
storeFiles.install(fs);
containerHost.install(socketHost);
httpTransport.install(lazyTransport);
threads.install(startThread);
