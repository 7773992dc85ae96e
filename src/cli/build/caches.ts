/** `--cache-from type=local,src=DIR` and `--cache-to type=local,dest=DIR[,mode=min|max]`. */

import type { CacheSource, CacheTarget } from '../../engine/cache-transfer.js';
import { parsePairs } from '../options.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';

/** Fails with a UsageError. */
export function parseCacheFrom(text: string, session: Session): CacheSource {
  return { directory: directoryOf(text, 'src', session) };
}

/** Fails with a UsageError. */
export function parseCacheTo(text: string, session: Session): CacheTarget {
  const mode = parsePairs(text.split(','))['mode'] ?? 'min';
  if (mode !== 'min' && mode !== 'max') throw new UsageError(`unknown mode '${mode}'`, 'There is min and max.');
  return { directory: directoryOf(text, 'dest', session), mode };
}

/** A path alone is the directory. */
function directoryOf(text: string, field: string, session: Session): string {
  if (!text.includes('=')) return session.hostPath(text);
  const fields = parsePairs(text.split(','));
  const type = fields['type'] ?? 'local';
  if (type !== 'local') throw new UsageError(`unknown cache type '${type}'`, 'There is local, an OCI layout.');
  const directory = fields[field];
  if (directory === undefined || directory === '') {
    throw new UsageError(`'${text}' names no directory`, `Write type=local,${field}=DIRECTORY.`);
  }
  return session.hostPath(directory);
}
