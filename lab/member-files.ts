import { randomBytes } from 'node:crypto';
import { hostsOf, type Plan, type PlannedHost } from './plan.ts';

export interface PlacedFile {
  readonly path: string;
  readonly content: string;
}

/** What makes one member different from the next, laid into its overlay before the first boot. */
export function memberFiles(plan: Plan, host: PlannedHost, zone: string): PlacedFile[] {
  const hostname = `${host.name}.${zone}`;
  return [
    { path: 'etc/hostname', content: `${hostname}\n` },
    { path: 'etc/hosts', content: hostsFile(plan, zone) },
    { path: 'etc/machine-id', content: `${randomBytes(16).toString('hex')}\n` },
    { path: 'etc/haproxy/haproxy.cfg', content: haproxyConfiguration(host.name) },
  ];
}

/** The full name comes first: it is what `hostname -f` gives. Members have no resolver. */
export function hostsFile(plan: Plan, zone: string): string {
  const lines = hostsOf(plan).map(({ address, name }) => {
    const label = name === 'dns' ? 'ns1' : name;
    return `${address} ${label}.${zone} ${label}`;
  });
  return ['127.0.0.1 localhost', '::1 localhost', ...lines, ''].join('\n');
}

/**
 * Port 80 answers with the member's name and needs nothing behind it. Port 8080 goes through a backend of two
 * servers, for draining. The master socket comes from the unit (`-S /run/haproxy-master.sock`).
 */
export function haproxyConfiguration(name: string): string {
  return `global
  log /dev/log local0
  chroot /var/lib/haproxy
  user haproxy
  group haproxy
  stats socket /run/haproxy/admin.sock mode 660 level admin
  stats timeout 30s
  hard-stop-after 2s

defaults
  mode http
  log global
  timeout connect 2s
  timeout client 30s
  timeout server 30s

frontend web
  bind :80
  http-request return status 200 content-type text/plain string "${name}\\n"

frontend through
  bind :8080
  default_backend app

backend app
  server app1 127.0.0.1:9001 check inter 500ms
  server app2 127.0.0.1:9002 check inter 500ms

frontend origin
  bind 127.0.0.1:9001
  bind 127.0.0.1:9002
  http-request return status 200 content-type text/plain lf-string "${name} %[dst_port]\\n"
`;
}
