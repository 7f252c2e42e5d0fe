import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { Config } from '../config.ts';

/** Everything by which this control plane may be reached: its public URLs, where it listens, this host's name, and loopback. */
export function ownHosts({ publicUrls, listen }: Pick<Config, 'publicUrls' | 'listen'>): readonly string[] {
  return [...publicUrls.map(hostOf), listen.host, hostname(), 'localhost', '127.0.0.1', '::1'];
}

/** The host of a URL, an IPv6 address without its brackets. */
export function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}

const dnsName = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/;
/** Not names of anybody: "every address of this host". */
const everyAddress = ['0.0.0.0', '::'];

/** Those of them that a certificate can hold, each once. */
export function certificateNames(hosts: readonly string[]): readonly string[] {
  const names = hosts.map((host) => host.toLowerCase().replace(/\.$/, ''));
  const usable = names.filter((name) => (isIP(name) !== 0 ? !everyAddress.includes(name) : dnsName.test(name)));
  return [...new Set(usable)];
}

/** Whether the certificate holds these names and no other ones. */
export function covers(certificate: X509Certificate, names: readonly string[]): boolean {
  const held = certificate.subjectAltName?.split(', ').length ?? 0;
  return held === names.length && names.every((name) => namesHost(certificate, name));
}

/** Whether a client that asked for this host would take the certificate for its own. */
export function namesHost(certificate: X509Certificate, host: string): boolean {
  if (isIP(host) !== 0) return certificate.checkIP(host) !== undefined;
  return certificate.checkHost(host, { subject: 'never' }) !== undefined;
}
