/** The ports of EXPOSE: `80`, `80/udp`, `3000-3005/tcp`. */

import { StratumError } from '../base/error.js';

const HIGHEST = 65535;
const PROTOCOLS = ['tcp', 'udp', 'sctp'];

/** `port/protocol` for each port that a word names. Fails with DOCKERFILE_INVALID. */
export function exposedPorts(word: string): string[] {
  const [ports = '', protocol = 'tcp', ...more] = word.split('/');
  const lower = protocol.toLowerCase();
  if (more.length > 0 || !PROTOCOLS.includes(lower)) throw invalid(`invalid proto: ${protocol}`);
  const container = ports.slice(ports.lastIndexOf(':') + 1);
  if (container === '') throw invalid(`no port specified: ${word}<empty>`);
  const match = /^(\d+)(?:-(\d+))?$/.exec(container);
  const start = Number(match?.[1]);
  const end = Number(match?.[2] ?? match?.[1]);
  if (match === null || start > HIGHEST || end > HIGHEST) throw invalid(`invalid containerPort: ${container}`);
  if (end < start) throw invalid(`invalid range specified for port: ${container}`);
  return Array.from({ length: end - start + 1 }, (_, i) => `${start + i}/${lower}`);
}

function invalid(what: string): StratumError {
  return new StratumError('DOCKERFILE_INVALID', what);
}
