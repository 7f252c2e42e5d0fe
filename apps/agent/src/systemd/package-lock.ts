import { readFile, stat } from 'node:fs/promises';

/*
 * Is a package manager at work? dpkg, apt and rpm hold fcntl locks on these files for as long as they are; the
 * kernel lists every held lock in /proc/locks by device and inode. Reading it starts no program and takes no lock,
 * so asking never gets in apt's way.
 */
export const packageLockFiles: readonly string[] = [
  '/var/lib/dpkg/lock-frontend',
  '/var/lib/dpkg/lock',
  '/var/lib/rpm/.rpm.lock',
  '/usr/lib/sysimage/rpm/.rpm.lock',
];

export interface LockedInode {
  readonly device: string;
  readonly inode: number;
}

/** One of the lock files is locked right now. False when it cannot be told: no lock is the normal case. Never rejects. */
export async function isPackageLockHeld(files: readonly string[], locksFile = '/proc/locks'): Promise<boolean> {
  const [listed, ...statted] = await Promise.all([
    readFile(locksFile, 'utf8').catch(() => ''),
    ...files.map((file) => stat(file).catch(() => null)),
  ]);
  const held = parseLocks(listed);
  return statted.some((file) => file !== null && held.some((lock) => isLockOf(lock, file)));
}

/** Lines of /proc/locks (proc_locks(5)) such as `1: POSIX  ADVISORY  WRITE 811 fe:01:131073 0 EOF`; `->` marks one that waits. */
export function parseLocks(text: string): LockedInode[] {
  return text.split('\n').flatMap((line) => {
    const found = /^\d+: (?:POSIX|FLOCK|OFDLCK)\s+\S+\s+WRITE\s+-?\d+\s+([0-9a-f]+:[0-9a-f]+):(\d+)\s/.exec(line);
    return found === null ? [] : [{ device: found[1] as string, inode: Number(found[2]) }];
  });
}

/**
 * The inode must agree, and the device too; but where one of them is a virtual device (major 0: overlayfs, btrfs),
 * stat and /proc/locks may name different ones for the same file, and the inode alone decides.
 */
function isLockOf(lock: LockedInode, file: { readonly dev: number; readonly ino: number }): boolean {
  if (lock.inode !== file.ino) return false;
  const major = (file.dev >>> 8) & 0xfff;
  const minor = (file.dev & 0xff) | ((file.dev >>> 12) & 0xfff00);
  const [lockMajor, lockMinor] = lock.device.split(':').map((part) => Number.parseInt(part, 16));
  return lockMajor === 0 || major === 0 || (lockMajor === major && lockMinor === minor);
}
