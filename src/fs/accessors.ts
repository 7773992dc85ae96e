/**
 * The names of an fs object, as properties that make what they give when it is asked for.
 *
 * All fs objects share these accessors, so one takes no memory for the functions that nobody calls: there is an fs
 * object for each fork of a view, and its hundred functions would take more than most forks hold. They are own and
 * enumerable, so that an object can be spread; what they give is bound, so that a function can be passed on alone; and
 * a value that is assigned takes the accessor's place, so that a program can put its own function there.
 */

import { secondsOf } from './arguments.js';
import { constants } from './constants.js';
import { Dir } from './dir.js';
import { Dirent } from './dirent.js';
import type { Faces } from './faces.js';
import { statsClass } from './stats-class.js';

/** Where an fs object keeps its faces. A name and no symbol, for who copies an object by the names of its properties. */
const FACES = '_faces';

interface Holder {
  readonly [FACES]?: Faces;
}

function facesOf(holder: object | undefined): Faces {
  return (holder as Holder | undefined)?.[FACES] ?? UNBOUND;
}

/**
 * For who takes a getter out of its object and calls it, as vi.spyOn does: functions that find the faces when they are
 * called on an fs object.
 */
const UNBOUND = new Proxy({} as Faces, {
  get: (_, group) =>
    new Proxy(
      {},
      {
        get: (_, name) =>
          function (this: object, ...args: unknown[]): unknown {
            const calls = facesOf(this)[group as 'look'] as unknown as Record<
              string | symbol,
              (...args: unknown[]) => unknown
            >;
            return calls[name]?.(...args);
          },
      },
    ),
});

class Accessors {
  get accessSync(): unknown {
    return facesOf(this).look.accessSync;
  }

  get existsSync(): unknown {
    return facesOf(this).look.existsSync;
  }

  get statSync(): unknown {
    return facesOf(this).look.statSync;
  }

  get lstatSync(): unknown {
    return facesOf(this).look.lstatSync;
  }

  get readlinkSync(): unknown {
    return facesOf(this).look.readlinkSync;
  }

  get realpathSync(): unknown {
    return facesOf(this).look.realpathSync;
  }

  get statfsSync(): unknown {
    return facesOf(this).look.statfsSync;
  }

  get readdirSync(): unknown {
    return facesOf(this).list.readdirSync;
  }

  get opendirSync(): unknown {
    return facesOf(this).list.opendirSync;
  }

  get openSync(): unknown {
    return facesOf(this).descriptors.openSync;
  }

  get closeSync(): unknown {
    return facesOf(this).descriptors.closeSync;
  }

  get readSync(): unknown {
    return facesOf(this).descriptors.readSync;
  }

  get writeSync(): unknown {
    return facesOf(this).descriptors.writeSync;
  }

  get readvSync(): unknown {
    return facesOf(this).descriptors.readvSync;
  }

  get writevSync(): unknown {
    return facesOf(this).descriptors.writevSync;
  }

  get fstatSync(): unknown {
    return facesOf(this).descriptors.fstatSync;
  }

  get ftruncateSync(): unknown {
    return facesOf(this).descriptors.ftruncateSync;
  }

  get fsyncSync(): unknown {
    return facesOf(this).descriptors.fsyncSync;
  }

  get fdatasyncSync(): unknown {
    return facesOf(this).descriptors.fdatasyncSync;
  }

  get fchmodSync(): unknown {
    return facesOf(this).descriptors.fchmodSync;
  }

  get fchownSync(): unknown {
    return facesOf(this).descriptors.fchownSync;
  }

  get futimesSync(): unknown {
    return facesOf(this).descriptors.futimesSync;
  }

  get readFileSync(): unknown {
    return facesOf(this).content.readFileSync;
  }

  get writeFileSync(): unknown {
    return facesOf(this).content.writeFileSync;
  }

  get appendFileSync(): unknown {
    return facesOf(this).content.appendFileSync;
  }

  get truncateSync(): unknown {
    return facesOf(this).content.truncateSync;
  }

  get copyFileSync(): unknown {
    return facesOf(this).content.copyFileSync;
  }

  get mkdirSync(): unknown {
    return facesOf(this).names.mkdirSync;
  }

  get mkdtempSync(): unknown {
    return facesOf(this).names.mkdtempSync;
  }

  get rmdirSync(): unknown {
    return facesOf(this).names.rmdirSync;
  }

  get rmSync(): unknown {
    return facesOf(this).names.rmSync;
  }

  get unlinkSync(): unknown {
    return facesOf(this).names.unlinkSync;
  }

  get renameSync(): unknown {
    return facesOf(this).names.renameSync;
  }

  get linkSync(): unknown {
    return facesOf(this).names.linkSync;
  }

  get symlinkSync(): unknown {
    return facesOf(this).names.symlinkSync;
  }

  get chmodSync(): unknown {
    return facesOf(this).attributes.chmodSync;
  }

  get chownSync(): unknown {
    return facesOf(this).attributes.chownSync;
  }

  get lchownSync(): unknown {
    return facesOf(this).attributes.lchownSync;
  }

  get utimesSync(): unknown {
    return facesOf(this).attributes.utimesSync;
  }

  get lutimesSync(): unknown {
    return facesOf(this).attributes.lutimesSync;
  }

  get cpSync(): unknown {
    return facesOf(this).copy.cpSync;
  }

  get access(): unknown {
    return facesOf(this).callbacks.access;
  }

  get stat(): unknown {
    return facesOf(this).callbacks.stat;
  }

  get lstat(): unknown {
    return facesOf(this).callbacks.lstat;
  }

  get readlink(): unknown {
    return facesOf(this).callbacks.readlink;
  }

  get statfs(): unknown {
    return facesOf(this).callbacks.statfs;
  }

  get readdir(): unknown {
    return facesOf(this).callbacks.readdir;
  }

  get opendir(): unknown {
    return facesOf(this).callbacks.opendir;
  }

  get open(): unknown {
    return facesOf(this).callbacks.open;
  }

  get close(): unknown {
    return facesOf(this).callbacks.close;
  }

  get fstat(): unknown {
    return facesOf(this).callbacks.fstat;
  }

  get ftruncate(): unknown {
    return facesOf(this).callbacks.ftruncate;
  }

  get fsync(): unknown {
    return facesOf(this).callbacks.fsync;
  }

  get fdatasync(): unknown {
    return facesOf(this).callbacks.fdatasync;
  }

  get fchmod(): unknown {
    return facesOf(this).callbacks.fchmod;
  }

  get fchown(): unknown {
    return facesOf(this).callbacks.fchown;
  }

  get futimes(): unknown {
    return facesOf(this).callbacks.futimes;
  }

  get appendFile(): unknown {
    return facesOf(this).callbacks.appendFile;
  }

  get truncate(): unknown {
    return facesOf(this).callbacks.truncate;
  }

  get copyFile(): unknown {
    return facesOf(this).callbacks.copyFile;
  }

  get mkdir(): unknown {
    return facesOf(this).callbacks.mkdir;
  }

  get mkdtemp(): unknown {
    return facesOf(this).callbacks.mkdtemp;
  }

  get rmdir(): unknown {
    return facesOf(this).callbacks.rmdir;
  }

  get rm(): unknown {
    return facesOf(this).callbacks.rm;
  }

  get unlink(): unknown {
    return facesOf(this).callbacks.unlink;
  }

  get rename(): unknown {
    return facesOf(this).callbacks.rename;
  }

  get link(): unknown {
    return facesOf(this).callbacks.link;
  }

  get symlink(): unknown {
    return facesOf(this).callbacks.symlink;
  }

  get chmod(): unknown {
    return facesOf(this).callbacks.chmod;
  }

  get chown(): unknown {
    return facesOf(this).callbacks.chown;
  }

  get lchown(): unknown {
    return facesOf(this).callbacks.lchown;
  }

  get utimes(): unknown {
    return facesOf(this).callbacks.utimes;
  }

  get lutimes(): unknown {
    return facesOf(this).callbacks.lutimes;
  }

  get cp(): unknown {
    return facesOf(this).callbacks.cp;
  }

  get exists(): unknown {
    return facesOf(this).callbacks.exists;
  }

  get read(): unknown {
    return facesOf(this).callbacks.read;
  }

  get write(): unknown {
    return facesOf(this).callbacks.write;
  }

  get readv(): unknown {
    return facesOf(this).callbacks.readv;
  }

  get writev(): unknown {
    return facesOf(this).callbacks.writev;
  }

  get readFile(): unknown {
    return facesOf(this).callbacks.readFile;
  }

  get writeFile(): unknown {
    return facesOf(this).callbacks.writeFile;
  }

  get realpath(): unknown {
    return facesOf(this).callbacks.realpath;
  }

  get createReadStream(): unknown {
    return facesOf(this).others.createReadStream;
  }

  get createWriteStream(): unknown {
    return facesOf(this).others.createWriteStream;
  }

  get watch(): unknown {
    return facesOf(this).others.watch;
  }

  get openAsBlob(): unknown {
    return facesOf(this).others.openAsBlob;
  }

  get watchFile(): unknown {
    return facesOf(this).polls.watchFile;
  }

  get unwatchFile(): unknown {
    return facesOf(this).polls.unwatchFile;
  }

  get glob(): unknown {
    return facesOf(this).globs.glob;
  }

  get globSync(): unknown {
    return facesOf(this).globs.globSync;
  }

  get promises(): unknown {
    return facesOf(this).promises;
  }

  get ReadStream(): unknown {
    return facesOf(this).streams.ReadStream;
  }

  get FileReadStream(): unknown {
    return facesOf(this).streams.ReadStream;
  }

  get WriteStream(): unknown {
    return facesOf(this).streams.WriteStream;
  }

  get FileWriteStream(): unknown {
    return facesOf(this).streams.WriteStream;
  }
}

const { F_OK, R_OK, W_OK, X_OK } = constants;
/** What is the same in every fs object. */
const SHARED = { constants, F_OK, R_OK, W_OK, X_OK, Stats: statsClass, Dirent, Dir, _toUnixTimestamp: secondsOf };

/** In the order in which an fs object lists them. */
const PROPERTIES: readonly (readonly [string, PropertyDescriptor])[] = [
  ...Object.entries(Object.getOwnPropertyDescriptors(Accessors.prototype))
    .filter(([name]) => name !== 'constructor')
    .map(([name, accessor]) => [name, replaceable(name, accessor)] as const),
  ...Object.entries(SHARED).map(([name, value]) => [name, plain(value)] as const),
];

function replaceable(name: string, accessor: PropertyDescriptor): PropertyDescriptor {
  function set(this: object, value: unknown): void {
    Object.defineProperty(this, name, plain(value));
  }
  return { get: accessor.get, set, enumerable: true, configurable: true } as PropertyDescriptor;
}

function plain(value: unknown): PropertyDescriptor {
  return { value, writable: true, enumerable: true, configurable: true };
}

/** Makes an object an fs object. */
export function defineFs(fs: object, faces: Faces): void {
  Object.defineProperty(fs, FACES, { value: faces, writable: true, configurable: true });
  for (const [name, property] of PROPERTIES) Reflect.defineProperty(fs, name, property);
}
