import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDirectory, isRoot } from './settings.ts';
import { run } from './shell.ts';

export type LabSupport = { possible: true } | { possible: false; reason: string };

const programs = ['systemd-nspawn', 'mmdebstrap', 'ip', 'nsenter', 'setpriv', 'flock', 'nft', 'apt-get'];

/** Whether this machine can hold a lab, and if not, why in one sentence. Tries the kernel's parts for real. */
export async function labSupport(): Promise<LabSupport> {
  const reason = (await machineReason()) ?? (await namespaceReason()) ?? (await overlayReason());
  return reason === null ? { possible: true } : { possible: false, reason };
}

async function machineReason(): Promise<string | null> {
  if (process.platform !== 'linux') return 'The lab needs Linux.';
  if (!isRoot) return 'The lab needs root: it makes network namespaces and boots hosts in them.';
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  if (!/^ID=debian$/m.test(release))
    return 'The lab needs Debian: its hosts are built from this machine’s own apt sources.';
  const directories = ['/usr/bin', '/usr/sbin', '/bin', '/sbin'];
  const missing = programs.filter((name) => !directories.some((directory) => existsSync(join(directory, name))));
  if (missing.length === 0) return null;
  return `These programs are missing: ${missing.join(', ')}. script/lab installs the packages of lab/packages.txt.`;
}

async function namespaceReason(): Promise<string | null> {
  const { status, stderr } = await run(['unshare', '--net', '--pid', '--mount', '--fork', 'true']);
  return status === 0 ? null : `This machine allows no namespaces: ${stderr.trim()}`;
}

async function overlayReason(): Promise<string | null> {
  const base = join(cacheDirectory(), `probe-${process.pid}`);
  try {
    for (const name of ['lower', 'upper', 'work', 'root']) await mkdir(join(base, name), { recursive: true });
    const layers = ['lowerdir', 'upperdir', 'workdir'].map((name) => `${name}=${join(base, name.replace('dir', ''))}`);
    const target = join(base, 'root');
    const argv = ['unshare', '--mount', 'mount', '-t', 'overlay', 'sct-probe', '-o', layers.join(','), target];
    const { status, stderr } = await run(argv);
    return status === 0 ? null : `Overlay mounts do not work in ${cacheDirectory()}: ${stderr.trim()}`;
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}
