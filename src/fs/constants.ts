/** Linux numbers of the fs API: open flags, mode bits, access and copy modes. */

export interface FsConstants {
  readonly UV_FS_SYMLINK_DIR: number;
  readonly UV_FS_SYMLINK_JUNCTION: number;
  readonly O_RDONLY: number;
  readonly O_WRONLY: number;
  readonly O_RDWR: number;
  readonly UV_DIRENT_UNKNOWN: number;
  readonly UV_DIRENT_FILE: number;
  readonly UV_DIRENT_DIR: number;
  readonly UV_DIRENT_LINK: number;
  readonly UV_DIRENT_FIFO: number;
  readonly UV_DIRENT_SOCKET: number;
  readonly UV_DIRENT_CHAR: number;
  readonly UV_DIRENT_BLOCK: number;
  readonly S_IFMT: number;
  readonly S_IFREG: number;
  readonly S_IFDIR: number;
  readonly S_IFCHR: number;
  readonly S_IFBLK: number;
  readonly S_IFIFO: number;
  readonly S_IFLNK: number;
  readonly S_IFSOCK: number;
  readonly O_CREAT: number;
  readonly O_EXCL: number;
  readonly UV_FS_O_FILEMAP: number;
  readonly O_NOCTTY: number;
  readonly O_TRUNC: number;
  readonly O_APPEND: number;
  readonly O_DIRECTORY: number;
  readonly O_NOATIME: number;
  readonly O_NOFOLLOW: number;
  readonly O_SYNC: number;
  readonly O_DSYNC: number;
  readonly O_DIRECT: number;
  readonly O_NONBLOCK: number;
  readonly S_IRWXU: number;
  readonly S_IRUSR: number;
  readonly S_IWUSR: number;
  readonly S_IXUSR: number;
  readonly S_IRWXG: number;
  readonly S_IRGRP: number;
  readonly S_IWGRP: number;
  readonly S_IXGRP: number;
  readonly S_IRWXO: number;
  readonly S_IROTH: number;
  readonly S_IWOTH: number;
  readonly S_IXOTH: number;
  readonly F_OK: number;
  readonly R_OK: number;
  readonly W_OK: number;
  readonly X_OK: number;
  readonly UV_FS_COPYFILE_EXCL: number;
  readonly COPYFILE_EXCL: number;
  readonly UV_FS_COPYFILE_FICLONE: number;
  readonly COPYFILE_FICLONE: number;
  readonly UV_FS_COPYFILE_FICLONE_FORCE: number;
  readonly COPYFILE_FICLONE_FORCE: number;
}

export const constants: FsConstants = Object.freeze({
  UV_FS_SYMLINK_DIR: 1,
  UV_FS_SYMLINK_JUNCTION: 2,
  O_RDONLY: 0o0,
  O_WRONLY: 0o1,
  O_RDWR: 0o2,
  UV_DIRENT_UNKNOWN: 0,
  UV_DIRENT_FILE: 1,
  UV_DIRENT_DIR: 2,
  UV_DIRENT_LINK: 3,
  UV_DIRENT_FIFO: 4,
  UV_DIRENT_SOCKET: 5,
  UV_DIRENT_CHAR: 6,
  UV_DIRENT_BLOCK: 7,
  S_IFMT: 0o170000,
  S_IFREG: 0o100000,
  S_IFDIR: 0o40000,
  S_IFCHR: 0o20000,
  S_IFBLK: 0o60000,
  S_IFIFO: 0o10000,
  S_IFLNK: 0o120000,
  S_IFSOCK: 0o140000,
  O_CREAT: 0o100,
  O_EXCL: 0o200,
  UV_FS_O_FILEMAP: 0,
  O_NOCTTY: 0o400,
  O_TRUNC: 0o1000,
  O_APPEND: 0o2000,
  O_DIRECTORY: 0o200000,
  O_NOATIME: 0o1000000,
  O_NOFOLLOW: 0o400000,
  O_SYNC: 0o4010000,
  O_DSYNC: 0o10000,
  O_DIRECT: 0o40000,
  O_NONBLOCK: 0o4000,
  S_IRWXU: 0o700,
  S_IRUSR: 0o400,
  S_IWUSR: 0o200,
  S_IXUSR: 0o100,
  S_IRWXG: 0o70,
  S_IRGRP: 0o40,
  S_IWGRP: 0o20,
  S_IXGRP: 0o10,
  S_IRWXO: 0o7,
  S_IROTH: 0o4,
  S_IWOTH: 0o2,
  S_IXOTH: 0o1,
  F_OK: 0,
  R_OK: 4,
  W_OK: 2,
  X_OK: 1,
  UV_FS_COPYFILE_EXCL: 1,
  COPYFILE_EXCL: 1,
  UV_FS_COPYFILE_FICLONE: 2,
  COPYFILE_FICLONE: 2,
  UV_FS_COPYFILE_FICLONE_FORCE: 4,
  COPYFILE_FICLONE_FORCE: 4,
});
