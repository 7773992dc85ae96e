/** One line about the machine that the figures come from. */

import os from 'node:os';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  readonly v8: string;
  readonly date: string;
}

export function describeMachine(): Machine {
  const cpus = os.cpus();
  return {
    processor: cpus[0]?.model.trim() ?? 'unknown',
    cores: cpus.length,
    memoryBytes: os.totalmem(),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    v8: process.versions.v8,
    date: new Date().toISOString(),
  };
}

export function machineLine(machine: Machine): string {
  const memory = Math.round(machine.memoryBytes / 2 ** 30);
  return `${machine.processor}, ${machine.cores} cores, ${memory} GiB, ${machine.system}, Node ${machine.node}`;
}
