import { z } from 'zod';
import { Timestamp } from './common.ts';
import { ProviderSettings } from './dns-providers.ts';
import { BindingStatus, PoolView } from './pools.ts';

/*
 * The copy of the records that a control plane keeps in its data directory, for whoever must move one when neither the control plane nor its
 * database answers. Written by the server, read by the command line on the same host; no secret is in it. A change that the command line
 * of the release before could not read is a new version.
 */

/** Its name in the data directory. */
export const dnsSnapshotFile = 'dns-snapshot.json';
/** The version that this release writes. It reads the earlier ones as well: 1 knew RFC 2136 and A records only. */
export const dnsSnapshotVersion = 2;

/** Of any version: what says whether the rest can be read. */
export const DnsSnapshotHead = z.object({ version: z.number().int() });

/** One thing to do by hand: a text, and lines to copy into a shell as they stand. */
export const SnapshotStep = z.object({ text: z.string(), commands: z.array(z.string()) });
export type SnapshotStep = z.infer<typeof SnapshotStep>;

/** One managed name as it was last known. */
export const SnapshotName = BindingStatus.pick({
  id: true,
  name: true,
  zone: true,
  type: true,
  ttlSeconds: true,
  state: true,
  desiredAddress: true,
  published: true,
  error: true,
  changedAt: true,
}).extend({
  acknowledged: z
    .object({
      address: z.string().nullable().describe('Null = an AAAA that was withdrawn.'),
      epoch: z.number().int(),
      at: Timestamp.nullable().describe('Null where that is past its retention.'),
    })
    .nullable()
    .describe('What the provider acknowledged last; null = nothing yet.'),
  mark: z.string().nullable().describe('The mark of that write (R18).'),
  settings: ProviderSettings.describe('The kind of provider and its settings without the secret.'),
  manualSteps: z.array(SnapshotStep),
});
export type SnapshotName = z.infer<typeof SnapshotName>;

/** One pool as it was last known. */
export const SnapshotPool = PoolView.pick({
  id: true,
  name: true,
  epoch: true,
  activeMemberId: true,
  paused: true,
}).extend({
  members: z.array(
    z.object({
      id: z.string(),
      hostname: z.string(),
      address: z.string().nullable().describe('IPv4.'),
      address6: z.string().nullable().default(null).describe('IPv6.'),
    }),
  ),
  names: z.array(SnapshotName),
});
export type SnapshotPool = z.infer<typeof SnapshotPool>;

/** The whole file. */
export const DnsSnapshot = z.object({
  version: z.number().int().min(1).max(dnsSnapshotVersion),
  writtenAt: Timestamp,
  instance: z.string().describe('The control plane as marks name it (`cp=`).'),
  urls: z.array(z.string()).describe('Where that control plane answers.'),
  pools: z.array(SnapshotPool),
});
export type DnsSnapshot = z.infer<typeof DnsSnapshot>;
