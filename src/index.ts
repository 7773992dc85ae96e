/** What `stratum` exports in Node: the library, with Node's hashing, compression, streams and files in place. */

import './node/platform.js';

export * from './index.browser.js';
export { hostPath } from './node/host/source.js';
