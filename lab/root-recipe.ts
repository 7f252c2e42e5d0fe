import { createHash } from 'node:crypto';

/** What a member has: a small Debian with systemd, HAProxy, and what the agent's work needs to be watched. */
export const rootPackages: readonly string[] = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'procps', // HAProxy's reload runs /bin/kill
  'iproute2',
  'nftables', // packet loss by rule: the kernel here has no netem
  'ca-certificates',
  'curl',
  'haproxy',
  'libstdc++6', // Node
];

/** Units that have no work in a host without disks, consoles and users; without them a member boots in 0.3 s. */
export const maskedUnits: readonly string[] = [
  'apt-daily-upgrade.timer',
  'apt-daily.timer',
  'console-getty.service',
  'dev-hugepages.mount',
  'dev-mqueue.mount',
  'dpkg-db-backup.timer',
  'e2scrub_all.timer',
  'fstrim.timer',
  'getty.target',
  'getty@.service',
  'remote-fs.target',
  'sys-fs-fuse-connections.mount',
  'systemd-ask-password-console.path',
  'systemd-ask-password-wall.path',
  'systemd-binfmt.service',
  'systemd-journal-flush.service',
  'systemd-pstore.service',
  'systemd-remount-fs.service',
  'systemd-sysusers.service',
  'systemd-tmpfiles-clean.timer',
  'systemd-tmpfiles-setup-dev.service',
  'systemd-update-utmp-runlevel.service',
  'systemd-update-utmp.service',
  'systemd-user-sessions.service',
];

/** Not started at boot, but there for the one who asks on D-Bus: `systemctl reboot` does. */
export const onDemandUnits: readonly string[] = ['systemd-logind.service'];

/** Raised when root.ts builds something else from the same lists. */
const recipeVersion = 1;

/** Names a built root: another list, another Debian or another recipe is another root. */
export function fingerprintOf(suite: string, packages: readonly string[]): string {
  const recipe = JSON.stringify([recipeVersion, suite, process.arch, [...packages].sort(), maskedUnits, onDemandUnits]);
  return createHash('sha256').update(recipe).digest('hex').slice(0, 12);
}
