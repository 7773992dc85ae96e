/** Loads an image into a directory store and prints the most memory the process held: `load.js ROOT SOURCE`. */

import { loadInto } from '../subject.js';

const [root = '', source = ''] = process.argv.slice(2);
await loadInto(root, source);
// Linux counts ru_maxrss in units of 1024 bytes, and Node hands it on in those.
console.log(JSON.stringify({ maxRssBytes: process.resourceUsage().maxRSS * 1024 }));
