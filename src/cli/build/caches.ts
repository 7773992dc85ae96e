/** `--cache-from` and `--cache-to`: `type=local,src=DIR`, `type=local,dest=DIR[,mode=max]`, `type=registry,ref=NAME`. */

import type { CacheSource, CacheTarget } from '../../engine/cache-places.js';
import { parsePairs } from '../options.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';

/** Fails with a UsageError. As in Docker, a value alone is a name in a registry. */
export function parseCacheFrom(text: string, session: Session): CacheSource {
  return placeOf(text, 'src', session);
}

/** Fails with a UsageError. */
export function parseCacheTo(text: string, session: Session): CacheTarget {
  const mode = parsePairs(text.split(','))['mode'] ?? 'min';
  if (mode !== 'min' && mode !== 'max') throw new UsageError(`unknown mode '${mode}'`, 'There is min and max.');
  return { ...placeOf(text, 'dest', session), mode };
}

function placeOf(text: string, field: 'src' | 'dest', session: Session): CacheSource {
  if (!text.includes('=')) return { reference: text };
  const fields = parsePairs(text.split(','));
  switch (fields['type'] ?? 'registry') {
    case 'local':
      return {
        directory: session.hostPath(required(text, fields, { field, example: `type=local,${field}=DIRECTORY` })),
      };
    case 'registry':
      return { reference: required(text, fields, { field: 'ref', example: 'type=registry,ref=NAME' }) };
    default:
      throw new UsageError(`unknown cache type '${fields['type']}'`, 'There is local, an OCI layout, and registry.');
  }
}

function required(
  text: string,
  fields: Readonly<Record<string, string>>,
  wanted: { readonly field: string; readonly example: string },
): string {
  const value = fields[wanted.field];
  if (value !== undefined && value !== '') return value;
  throw new UsageError(`'${text}' says nothing of ${wanted.field}`, `Write ${wanted.example}.`);
}
