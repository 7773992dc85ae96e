/** All calls of a kernel. One literal that names each: V8 spreads objects a hundred times slower. */

import type { Kernel } from '../kernel.js';
import type { CallContext } from './context.js';
import { fileCalls } from './files.js';
import { lookCalls } from './look.js';
import { metadataCalls } from './metadata.js';
import { nameCalls } from './names.js';
import { watchCalls } from './watch.js';

/** A device number that no real file system on a Linux host has; one view is one device. */
export const VIEW_DEVICE = 0x5354;

export function createKernel(context: CallContext): Kernel {
  const look = lookCalls(context);
  const names = nameCalls(context);
  const files = fileCalls(context);
  const metadata = metadataCalls(context);
  const watching = watchCalls(context);
  return {
    device: VIEW_DEVICE,
    find: look.find,
    whyMissing: look.whyMissing,
    stat: look.stat,
    lstat: look.lstat,
    sizeOf: look.sizeOf,
    linksOf: look.linksOf,
    statfs: look.statfs,
    deviceOf: look.deviceOf,
    access: look.access,
    readlink: look.readlink,
    realpath: look.realpath,
    readdir: look.readdir,
    readdirEntries: look.readdirEntries,
    getxattr: look.getxattr,
    listxattr: look.listxattr,
    readFile: look.readFile,
    mkdir: names.mkdir,
    rmdir: names.rmdir,
    unlink: names.unlink,
    rename: names.rename,
    link: names.link,
    symlink: names.symlink,
    mknod: names.mknod,
    removeTree: names.removeTree,
    open: files.open,
    writeFile: files.writeFile,
    close: files.close,
    read: files.read,
    write: files.write,
    ftruncate: files.ftruncate,
    fsync: files.fsync,
    fstat: files.fstat,
    truncate: files.truncate,
    chmod: metadata.chmod,
    chown: metadata.chown,
    lchown: metadata.lchown,
    utimes: metadata.utimes,
    lutimes: metadata.lutimes,
    setxattr: metadata.setxattr,
    removexattr: metadata.removexattr,
    fchmod: metadata.fchmod,
    fchown: metadata.fchown,
    futimes: metadata.futimes,
    watch: watching.watch,
  };
}
