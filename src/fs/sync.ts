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
 * `random` gives numbers from 0 up to 1. The calls are listed one by one: spreading the groups takes much longer, and
 * every fork of a view makes this object.
 */
export function syncCalls(
  kernel: Kernel,
  random: () => number,
  flushed: (fd: number) => void = kernel.fsync,
): SyncCalls {
  const look = lookCalls(kernel);
  const list = listCalls(kernel);
  const descriptors = descriptorCalls(kernel);
  const content = contentCalls(kernel, flushed);
  const names = nameCalls(kernel, random);
  const attributes = attributeCalls(kernel);
  const copy = copyCalls(kernel, content);
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
  };
}
