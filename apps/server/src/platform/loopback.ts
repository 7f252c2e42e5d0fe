import { parseIp } from '@serverctl/core';

/** Whether a host, as a setting or a URL names it, is this host alone: 127.0.0.0/8, ::1, and the one name that always means them. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  const address = parseIp(host.replace(/^\[|\]$/g, ''));
  return address !== null && (address.family === 4 ? address.value >> 24n === 127n : address.value === 1n);
}
