/** Colours for a stream: on a terminal, unless NO_COLOR or TERM=dumb says no; in a pipe only when FORCE_COLOR says so. */

import pc from 'picocolors';
import type { Io, Output } from './io.js';

export type Colors = ReturnType<typeof pc.createColors>;

export function colorsFor(io: Io, stream: Output): Colors {
  return pc.createColors(wantsColor(io, stream));
}

/** The conventions of no-color.org and force-color.org; NO_COLOR wins. */
export function wantsColor(io: Io, stream: Output): boolean {
  if (io.env['NO_COLOR']) return false;
  const force = io.env['FORCE_COLOR'];
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  return stream.isTTY === true && io.env['TERM'] !== 'dumb';
}
