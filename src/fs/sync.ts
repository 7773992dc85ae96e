/** The synchronous face: every call once; the other faces are made of these. */

import type { Kernel } from '../union/kernel.js';
import { type AttributeCalls, attributeCalls } from './sync/attributes.js';
import { type ContentCalls, contentCalls } from './sync/content.js';
import { type CopyCalls, copyCalls } from './sync/copy.js';
import { type DescriptorCalls, descriptorCalls } from './sync/descriptors.js';
import { type ListCalls, listCalls } from './sync/list.js';
import { type LookCalls, lookCalls } from './sync/look.js';
import { type NameCalls, nameCalls } from './sync/names.js';

export interface SyncCalls
  extends LookCalls,
    ListCalls,
    DescriptorCalls,
    ContentCalls,
    NameCalls,
    AttributeCalls,
    CopyCalls {}

/**
 * The same calls in the groups that they are made in, each group when one of its calls is first asked for: most file
 * systems are forks that are asked for a few calls only, and a function takes as much memory as a small file.
 */
export class SyncGroups {
  readonly #kernel: Kernel;
  readonly #random: () => number;
  readonly #flushed: (fd: number) => void;
  #look: LookCalls | undefined;
  #list: ListCalls | undefined;
  #descriptors: DescriptorCalls | undefined;
  #content: ContentCalls | undefined;
  #names: NameCalls | undefined;
  #attributes: AttributeCalls | undefined;
  #copy: CopyCalls | undefined;

  /** `random` gives numbers from 0 up to 1; `flushed` is what a call does to a file that it is told to flush. */
  constructor(kernel: Kernel, random: () => number, flushed: (fd: number) => void = (fd) => kernel.fsync(fd)) {
    this.#kernel = kernel;
    this.#random = random;
    this.#flushed = flushed;
  }

  get look(): LookCalls {
    this.#look ??= lookCalls(this.#kernel);
    return this.#look;
  }

  get list(): ListCalls {
    this.#list ??= listCalls(this.#kernel);
    return this.#list;
  }

  get descriptors(): DescriptorCalls {
    this.#descriptors ??= descriptorCalls(this.#kernel);
    return this.#descriptors;
  }

  get content(): ContentCalls {
    this.#content ??= contentCalls(this.#kernel, this.#flushed);
    return this.#content;
  }

  get names(): NameCalls {
    this.#names ??= nameCalls(this.#kernel, this.#random);
    return this.#names;
  }

  get attributes(): AttributeCalls {
    this.#attributes ??= attributeCalls(this.#kernel);
    return this.#attributes;
  }

  get copy(): CopyCalls {
    this.#copy ??= copyCalls(this.#kernel, this.content);
    return this.#copy;
  }
}

/** All of them in one object. They are listed one by one: spreading the groups takes much longer. */
export function syncCalls({ look, list, descriptors, content, names, attributes, copy }: SyncGroups): SyncCalls {
  return {
    accessSync: look.accessSync,
    existsSync: look.existsSync,
    statSync: look.statSync,
    lstatSync: look.lstatSync,
    readlinkSync: look.readlinkSync,
    realpathSync: look.realpathSync,
    statfsSync: look.statfsSync,
    readdirSync: list.readdirSync,
    opendirSync: list.opendirSync,
    openSync: descriptors.openSync,
    closeSync: descriptors.closeSync,
    readSync: descriptors.readSync,
    writeSync: descriptors.writeSync,
    readvSync: descriptors.readvSync,
    writevSync: descriptors.writevSync,
    fstatSync: descriptors.fstatSync,
    ftruncateSync: descriptors.ftruncateSync,
    fsyncSync: descriptors.fsyncSync,
    fdatasyncSync: descriptors.fdatasyncSync,
    fchmodSync: descriptors.fchmodSync,
    fchownSync: descriptors.fchownSync,
    futimesSync: descriptors.futimesSync,
    readFileSync: content.readFileSync,
    writeFileSync: content.writeFileSync,
    appendFileSync: content.appendFileSync,
    truncateSync: content.truncateSync,
    copyFileSync: content.copyFileSync,
    mkdirSync: names.mkdirSync,
    mkdtempSync: names.mkdtempSync,
    rmdirSync: names.rmdirSync,
    rmSync: names.rmSync,
    rmLater: names.rmLater,
    unlinkSync: names.unlinkSync,
    renameSync: names.renameSync,
    linkSync: names.linkSync,
    symlinkSync: names.symlinkSync,
    chmodSync: attributes.chmodSync,
    chownSync: attributes.chownSync,
    lchownSync: attributes.lchownSync,
    utimesSync: attributes.utimesSync,
    lutimesSync: attributes.lutimesSync,
    cpSync: copy.cpSync,
    copyLater: copy.copyLater,
  };
}
