/** What registries warn of: `Warning: 299 - "text"` (RFC 7234, section 5.5; distribution-spec, "Warnings"). */

export interface RegistryWarning {
  readonly registry: string;
  readonly text: string;
}

/** All warnings of an answer, together (distribution-spec). */
const TEXT_LIMIT = 4096;
/** Remembered, so that each is told once; a server that makes up new ones is not listened to for ever. */
const WARNING_LIMIT = 1000;

/** The texts of a header. Other codes and agents are no registry's. */
export function parseWarnings(header: string | undefined): string[] {
  const texts = (header ?? '').slice(0, TEXT_LIMIT).matchAll(/(?:^|,)\s*299\s+-\s+"((?:[^"\\]|\\.)*)"/g);
  return [...texts].map(([, text = '']) => text.replace(/\\(.)/g, '$1'));
}

/** Tells each warning once. */
export class Warnings {
  readonly #tell: (warning: RegistryWarning) => void;
  readonly #told: Set<string> = new Set();

  constructor(tell: (warning: RegistryWarning) => void) {
    this.#tell = tell;
  }

  hear(registry: string, header: string | undefined): void {
    for (const text of parseWarnings(header)) {
      const key = `${registry} ${text}`;
      if (this.#told.has(key) || this.#told.size >= WARNING_LIMIT) continue;
      this.#told.add(key);
      this.#tell({ registry, text });
    }
  }
}
