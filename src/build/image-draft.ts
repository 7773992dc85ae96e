/** The config of an image while a stage is planned (OCI image-spec, config.md, and Docker's additions). */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.js';
import type { ImageConfig } from '../image/config.js';
import type { Platform } from '../image/platform.js';

export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export class ImageDraft {
  /** The document without history and rootfs. */
  readonly document: JsonObject;
  readonly platform: Platform;
  author: string | undefined;
  #config: Record<string, JsonValue | undefined>;

  private constructor(document: JsonObject, config: JsonObject, platform: Platform) {
    this.document = document;
    this.#config = { ...config };
    this.platform = platform;
    this.author = typeof document['author'] === 'string' ? document['author'] : undefined;
  }

  /** Of an image that begins with nothing. */
  static empty(platform: Platform): ImageDraft {
    const { os, architecture, variant } = platform;
    const document = { os, architecture, ...(variant === undefined ? {} : { variant }) };
    return new ImageDraft(document, { Env: [`PATH=${DEFAULT_PATH}`], WorkingDir: '/' }, platform);
  }

  static of({ document, config, platform }: ImageConfig): ImageDraft {
    const { history: _history, rootfs: _rootfs, created: _created, config: _config, ...rest } = document;
    return new ImageDraft(rest, config, platform);
  }

  /** A draft that goes on from here; triggers of ONBUILD stay behind. */
  clone(): ImageDraft {
    const copy = new ImageDraft(this.document, this.config, this.platform);
    copy.author = this.author;
    copy.set('OnBuild', undefined);
    return copy;
  }

  /** The `config` object, without what is not set. */
  get config(): JsonObject {
    return Object.fromEntries(
      Object.entries(this.#config).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined),
    );
  }

  set(key: string, value: JsonValue | undefined): void {
    this.#config[key] = value;
  }

  text(key: string): string {
    const value = this.#config[key];
    return typeof value === 'string' ? value : '';
  }

  list(key: string): readonly string[] {
    const value = this.#config[key];
    return Array.isArray(value) ? (value as readonly string[]) : [];
  }

  /** Adds keys to an object such as Labels or Volumes. */
  merge(key: string, added: JsonObject): void {
    const before = this.#config[key];
    this.#config[key] = { ...(isJsonObject(before) ? before : {}), ...added };
  }

  /** Sets a variable where it stands, or at the end. */
  setEnv(name: string, value: string): void {
    const env = [...this.list('Env')];
    const at = env.findIndex((pair) => pair.split('=', 1)[0] === name);
    env.splice(at < 0 ? env.length : at, at < 0 ? 0 : 1, `${name}=${value}`);
    this.#config['Env'] = env;
  }

  /** The variables of the config, in its order. */
  env(): [string, string][] {
    return this.list('Env').map((pair) => {
      const at = pair.indexOf('=');
      return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    });
  }
}
