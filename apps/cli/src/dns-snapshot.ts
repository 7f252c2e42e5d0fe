import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DnsSnapshot, DnsSnapshotHead, dnsSnapshotFile, dnsSnapshotVersion } from '@serverctl/contract';
import { dataPlaces } from './config.ts';
import { isSamePlace } from './own-addresses.ts';
import { ownerOfUnreadable } from './proof.ts';

/*
 * The copy of the records that a control plane on this host keeps for the time when it is down. The first data directory in which there is
 * one of the control plane that is asked; of each other one it is said why it does not serve.
 */

export type FoundSnapshot =
  | { readonly kind: 'found'; readonly file: string; readonly snapshot: DnsSnapshot }
  | { readonly kind: 'unusable'; readonly because: readonly string[] };

/** `url` is the control plane that is asked: another one's records are never shown as its own. */
export function findDnsSnapshot(url: string): FoundSnapshot {
  const because: string[] = [];
  for (const directory of dataPlaces()) {
    const file = join(directory, dnsSnapshotFile);
    const read = readSnapshot(file, url);
    if (typeof read !== 'string') return { kind: 'found', file, snapshot: read };
    because.push(`${file}: ${read}`);
  }
  return { kind: 'unusable', because };
}

/** The snapshot, or why it does not serve. */
function readSnapshot(file: string, url: string): DnsSnapshot | string {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    return error instanceof SyntaxError ? broken : unreadable(file, error as NodeJS.ErrnoException);
  }
  const head = DnsSnapshotHead.safeParse(content);
  if (!head.success) return broken;
  const { version } = head.data;
  if (version > dnsSnapshotVersion)
    return `it was written by a newer release (version ${version}, this one reads ${dnsSnapshotVersion}); use that release’s serverctl`;
  const parsed = DnsSnapshot.safeParse(content);
  if (!parsed.success) return broken;
  const { urls } = parsed.data;
  if (urls.some((one) => isSamePlace(one, url))) return parsed.data;
  return `it is of another control plane than ${url}; if that one is meant, ask it by --url ${urls[0] ?? 'URL'}`;
}

const broken = 'it is damaged: no copy that a control plane writes looks like this';

function unreadable(file: string, { code }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'there is none';
  const others = code === 'EACCES' ? ownerOfUnreadable(file) : null;
  return others?.because ?? `it cannot be read (${code})`;
}
