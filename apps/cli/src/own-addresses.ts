import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DnsSnapshot, dnsSnapshotFile } from '@serverctl/contract';

/** Whether a URL leads to the host that this runs on. */
export function isThisHost(url: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
}

/** Whether two URLs lead to one name and port; http or https is how it is asked, not whom. */
export function isSamePlace(one: string, other: string): boolean {
  return URL.canParse(one) && URL.canParse(other) && placeOf(new URL(one)) === placeOf(new URL(other));
}

function placeOf({ hostname, port, protocol }: URL): string {
  return `${hostname} ${port || (protocol === 'https:' ? 443 : 80)}`;
}

const Addresses = DnsSnapshot.pick({ urls: true });

/**
 * Where the control plane of a data directory answers, by its own word in the copy of the records beside its token. Of any version, and
 * without the records: a fleet's are megabytes. None where it has written nothing yet, or nothing that we can read.
 */
export function addressesOf(directory: string): readonly string[] {
  try {
    const { urls } = Addresses.parse(JSON.parse(readFileSync(join(directory, dnsSnapshotFile), 'utf8')));
    return urls.filter((one) => URL.canParse(one));
  } catch {
    return [];
  }
}
