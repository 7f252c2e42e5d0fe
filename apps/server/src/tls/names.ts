import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { parseIp } from '@serverctl/core';
import type { Config } from '../config.ts';

/** Everything by which this control plane may be reached: its public URLs, where it listens, this host's name, and loopback. */
export function ownHosts({ publicUrls, listen }: Pick<Config, 'publicUrls' | 'listen'>): readonly string[] {
  return [...publicUrls.map(hostOf), listen.host, hostname(), 'localhost', '127.0.0.1', '::1'];
}

/** The same as addresses to ask, each once: the public ones, and our port at every name of this host. */
export function ownUrls(config: Pick<Config, 'publicUrls' | 'listen' | 'tls'>): readonly string[] {
  const scheme = config.tls === 'off' ? 'http' : 'https';
  const hosts = ownHosts({ ...config, publicUrls: [] })
    .filter((host) => parseIp(host)?.value !== 0n)
    .map((host) => (host.includes(':') ? `[${host}]` : host));
  return [...new Set([...config.publicUrls, ...hosts.map((host) => `${scheme}://${host}:${config.listen.port}`)])];
}

/** The host of a URL, an IPv6 address without its brackets. */
export function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}

const dnsName = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/;

/** Those of them that a certificate can hold, each once. */
export function certificateNames(hosts: readonly string[]): readonly string[] {
  return [...new Set(hosts.map(plainHost).filter((name) => name !== null))];
}

/**
 * A host as certificates name it, or null. An IPv4-mapped address is the IPv4 address it holds (R36). One with a zone (`fe80::1%eth0`) has a
 * meaning on this host alone, and `0.0.0.0` and `::` are "every address of this host".
 */
function plainHost(text: string): string | null {
  const host = text.toLowerCase().replace(/\.$/, '');
  const address = parseIp(host);
  if (address === null) return dnsName.test(host) ? host : null;
  if (host.includes('%') || address.value === 0n) return null;
  if (address.family === 6) return host;
  return [24n, 16n, 8n, 0n].map((shift) => (address.value >> shift) & 0xffn).join('.');
}

/** Whether the certificate holds these names and no other ones. */
export function covers(certificate: X509Certificate, names: readonly string[]): boolean {
  const held = certificate.subjectAltName?.split(', ').length ?? 0;
  return held === names.length && names.every((name) => namesHost(certificate, name));
}

/** Whether a client that asked for this host would take the certificate for its own. */
export function namesHost(certificate: X509Certificate, host: string): boolean {
  const name = plainHost(host);
  if (name === null) return false;
  if (isIP(name) !== 0) return certificate.checkIP(name) !== undefined;
  return certificate.checkHost(name, { subject: 'never' }) !== undefined;
}
