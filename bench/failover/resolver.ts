import type { LabStage, LabStageMember } from '@serverctl/e2e/lab-stage';

/** Debian's unbound on one host, as clients' caching resolver: it asks the lab's BIND for its zone and keeps answers for their TTL. */
export async function startResolver(stage: LabStage, host: LabStageMember): Promise<void> {
  const configuration = `server:
  interface: ${host.address}
  access-control: 10.77.0.0/24 allow
  module-config: "iterator"
  local-zone: "test." nodefault
  serve-expired: no
  prefetch: no
stub-zone:
  name: "${stage.dns.zone}"
  stub-addr: ${stage.dns.address}
`;
  await host.host.writeFile('/etc/unbound/unbound.conf.d/lab.conf', configuration);
  await host.run(['systemctl', 'stop', 'unbound.service']);
  // At boot it failed five times within a moment: Debian's own configuration wants a trust anchor, which the lab cannot fetch.
  await host.run(['systemctl', 'reset-failed', 'unbound.service']);
  await host.run(['systemctl', 'start', 'unbound.service']);
}

/** Its package starts it on every host; the others need none. */
export async function stopResolver(host: LabStageMember): Promise<void> {
  await host.run(['systemctl', 'disable', '--now', 'unbound.service']);
}
