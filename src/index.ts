/** What `stratum` exports in Node: the library, with Node's hashing, compression, streams and files in place. */

import './node/platform.js';

export * from './index.browser.js';
export { type DigestMemory, hostContext } from './node/build/host-context.js';
export { type ChrootOptions, chrootRuntime } from './node/chroot/runtime.js';
// Named once more, so that the type of the fs object is Node's for those who load this entry.
export type { Fs } from './node/fs-type.js';
export { hostPath } from './node/host/source.js';
export { compareBcrypt } from './node/registry/bcrypt.js';
export { DockerCredentials, type DockerCredentialsOptions } from './node/registry/credentials.js';
export { type HttpOptions, type HttpServer, serveHttp } from './node/registry/http-server.js';
