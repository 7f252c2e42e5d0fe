import type { LabStageMember } from './lab-stage.ts';

/** A proxy of the operator's own: HAProxy on a lab host, with a certificate that the other hosts trust, in front of the control plane. */
export interface ReverseProxy {
  /** For hosts, by name. */
  readonly url: string;
  /** For who has no name service: by address. */
  readonly addressUrl: string;
  /** Its certificate, which is its own CA. */
  readonly certificate: string;
  /** What it logged: each request's line with its query, and every header that it captured. */
  log(): Promise<string>;
}

const directory = '/run/reverse-proxy';

const configuration = (to: string) => `global
  log stdout format raw local0
defaults
  mode http
  log global
  timeout connect 2s
  timeout client 60s
  timeout server 60s
frontend outside
  bind :443 ssl crt ${directory}/proxy.pem
  option forwardfor
  capture request header Authorization len 20
  capture request header User-Agent len 80
  log-format "%ci %HM %HU %hr %ST"
  default_backend control
backend control
  server plane ${to}
`;

/** Starts it on the host's port 443; the hosts in `trustedBy` trust its certificate from then on, as a company's own hosts would. */
export async function startReverseProxy(
  host: LabStageMember,
  { to, trustedBy }: { readonly to: string; readonly trustedBy: readonly LabStageMember[] },
): Promise<ReverseProxy> {
  await host.run(['mkdir', '-p', directory]);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${directory}/key.pem`];
  const names = ['-subj', `/CN=${host.hostname}`, '-addext', `subjectAltName=DNS:${host.hostname},IP:${host.address}`];
  await host.run(['openssl', 'req', '-x509', '-days', '2', ...key, ...names, '-out', `${directory}/cert.pem`]);
  await host.run(['sh', '-c', `cat ${directory}/cert.pem ${directory}/key.pem >${directory}/proxy.pem`]);
  await host.host.writeFile(`${directory}/haproxy.cfg`, configuration(to));
  await host.run([
    'systemd-run',
    '--quiet',
    '--unit=reverse-proxy',
    'haproxy',
    '-db',
    '-f',
    `${directory}/haproxy.cfg`,
  ]);
  const certificate = await host.host.readFile(`${directory}/cert.pem`);
  for (const other of trustedBy) {
    const bundle = await other.host.readFile('/etc/ssl/certs/ca-certificates.crt');
    await other.host.writeFile('/etc/ssl/certs/ca-certificates.crt', bundle + certificate);
  }
  return {
    url: `https://${host.hostname}`,
    addressUrl: `https://${host.address}`,
    certificate,
    log: async () => (await host.run(['journalctl', '--no-pager', '-o', 'cat', '-u', 'reverse-proxy.service'])).stdout,
  };
}
