/** How a container runs, in the words of Docker's inspect. */

import type { JsonObject } from '../../base/json.js';
import type { ContainerMount, RunSettings, RunState } from '../records.js';

const NEVER = '0001-01-01T00:00:00Z';

export function stateText(state: RunState = { status: 'created' }): JsonObject {
  return {
    Status: state.status,
    Running: state.status === 'running',
    ExitCode: state.exitCode ?? 0,
    Error: state.error ?? '',
    StartedAt: state.startedAt ?? NEVER,
    FinishedAt: state.finishedAt ?? NEVER,
  };
}

export function mountsText(mounts: readonly ContainerMount[]): JsonObject[] {
  return mounts.map(({ type, source = '', target, readOnly = false }) => ({
    Type: type,
    ...(type === 'volume' ? { Name: source, Driver: 'local' } : {}),
    Source: type === 'bind' ? source : '',
    Destination: target,
    RW: !readOnly,
  }));
}

export function hostConfig(settings: RunSettings): JsonObject {
  const { readOnly = false, autoRemove = false, network = 'default', ports = [], runtime = '' } = settings;
  return {
    AutoRemove: autoRemove,
    NetworkMode: network,
    PortBindings: portBindings(ports),
    ReadonlyRootfs: readOnly,
    Runtime: runtime,
  };
}

/** `[address:][host:]container[/protocol]` by the port of the container. */
function portBindings(ports: readonly string[]): JsonObject {
  const bindings: Record<string, JsonObject[]> = {};
  for (const port of ports) {
    const [, address = '', host = '', container = '', protocol = 'tcp'] = PORT.exec(port) ?? [];
    const key = `${container}/${protocol}`;
    bindings[key] = [...(bindings[key] ?? []), { HostIp: address, HostPort: host }];
  }
  return bindings;
}

/** As `-p` has it: address, port of the host, port of the container, protocol. */
export const PORT: RegExp = /^(?:(?:(\[[\da-f:]+\]|[\d.]+):)?([\d-]*):)?([\d-]+)(?:\/(tcp|udp|sctp))?$/;
