/** Checks of working directories and ports. */

import type { SourceRange } from '../ast.js';
import type { Warnings } from './rules.js';

export function checkWorkdir(path: string, range: SourceRange, warnings: Warnings): void {
  if (path.startsWith('/')) return;
  const detail = `Relative workdir ${JSON.stringify(path)} can have unexpected results if the base image changes`;
  warnings.add('WorkdirRelativePath', range, detail);
}

export function checkExpose(ports: readonly string[], range: SourceRange, warnings: Warnings): void {
  for (const port of ports) {
    const ofContainer = port.slice(port.lastIndexOf(':') + 1);
    const slash = ofContainer.indexOf('/');
    const protocol = slash < 0 ? '' : ofContainer.slice(slash + 1);
    if (protocol !== protocol.toLowerCase()) {
      const detail = `Defined protocol '${port}' in EXPOSE instruction should be lowercase`;
      warnings.add('ExposeProtoCasing', range, detail);
    }
    // `:80` names neither an address nor a port of the host.
    if (port.lastIndexOf(':') <= 0) continue;
    const detail = `EXPOSE instruction should not define an IP address or host-port mapping, found '${port}'`;
    warnings.add('ExposeInvalidFormat', range, detail);
  }
}
