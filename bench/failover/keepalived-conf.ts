/*
 * keepalived as most tutorials have it (stock), and tuned to less than a second.
 *
 *   stock   VRRP 2, an advertisement every second, a check script every second
 *   tuned   VRRP 3, an advertisement every 100 ms, and a file that keepalived watches by inotify. What writes it is watcherScript
 *           (`track_process` does not work in namespaces)
 *
 * With weight 0 a failed check is the fault state: the host says at once that it is no master any more, and the other one takes over
 * after its skew, (256 - priority) / 256 of an advertisement. A faster watcher and priorities close to 254 would save tens of milliseconds
 * more; both are printed with the result, and the watcher's period is an option.
 */

export const kinds = ['stock', 'tuned'] as const;
export type Kind = (typeof kinds)[number];

export const virtualAddress = '10.77.0.100';
const stateFile = '/run/haproxy-down';

/** /etc/keepalived/keepalived.conf of one of the two hosts; `priority` decides who is master while both are well. */
export function renderKeepalived(kind: Kind, priority: number): string {
  const check = kind === 'stock' ? stockCheck : tunedCheck;
  return `global_defs {
  router_id lab
  script_user root
  enable_script_security
${kind === 'tuned' ? '  vrrp_version 3\n' : ''}}
${check.definition}
vrrp_instance edge {
  state BACKUP
  interface eth0
  virtual_router_id 77
  priority ${priority}
  advert_int ${kind === 'tuned' ? '0.1' : '1'}
  virtual_ipaddress {
    ${virtualAddress}/24
  }
${check.use}}
`;
}

const stockCheck = {
  definition: `vrrp_script haproxy {
  script "/usr/bin/pgrep -x haproxy"
  interval 1
}`,
  use: `  track_script {
    haproxy
  }
`,
};

const tunedCheck = {
  definition: `track_file haproxy {
  file "${stateFile}"
  weight 0
}`,
  use: `  track_file {
    haproxy
  }
`,
};

/** Who is master while both hosts are well, and who is not, as in keepalived's own examples. */
export const priorities = { preferred: 150, other: 100 } as const;

/** The small watcher's default period: as often as tuned keepalived advertises. */
export const watcherDefaultMs = 100;

/**
 * The small watcher beside tuned keepalived: 0 in the file while HAProxy's master lives, 1 when it does not. It asks the kernel by the pid
 * that HAProxy keeps in its file, and starts no program for it.
 */
export const watcherScript = (everyMs: number) => `#!/bin/bash
exec {never}<> <(:)
state=
while :; do
  pid=
  read -r pid </run/haproxy.pid
  if [ -n "$pid" ] && kill -0 "$pid"; then now=0; else now=1; fi
  [ "$now" = "$state" ] || echo "$now" >${stateFile}
  state=$now
  read -r -t ${everyMs / 1_000} -u "$never"
done 2>/dev/null
`;
