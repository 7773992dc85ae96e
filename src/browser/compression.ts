/** Compression in a browser: the portable codecs, which need nothing but the platform's CompressionStream. */

import { type Compression, portableCompression } from '../layer/compression.js';

export const browserCompression: Compression = portableCompression;
