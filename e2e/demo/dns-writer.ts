import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addCloudflareCredential, startCloudflare } from '../src/cloudflare.ts';
import { addCredential } from '../src/edge.ts';
import type { Plane } from '../src/plane.ts';
import type { Stage } from '../src/stage.ts';
import { startWhm } from '../src/whm.ts';
import type { DnsKind } from './flags.ts';

/** How the demo's record is written. What is emulated is so called wherever it is shown: the dashboard has these names on its pages. */
export interface DnsWriter {
  readonly poolName: string;
  readonly credentialName: string;
  /** As short as the provider takes it. */
  readonly ttlSeconds: number;
  /** `host:port` of its API, on a private address; null = there is none beside the name server. */
  readonly apiTarget: string | null;
  /** What stands where, and what of it is real. */
  readonly words: readonly string[];
  addCredential(plane: Plane): Promise<unknown>;
}

/** Starts what the kind needs beside the stage's name server, which answers for the zone in each of them. */
export function startDnsWriter(kind: DnsKind, stage: Stage): Promise<DnsWriter> {
  return writers[kind](stage);
}

const writers: Readonly<Record<DnsKind, (stage: Stage) => Promise<DnsWriter>>> = {
  rfc2136: async (stage) => ({
    ...{ poolName: 'demo', credentialName: 'name-server', ttlSeconds: 30, apiTarget: null },
    words: ['The record is written by RFC 2136 updates to BIND itself.'],
    async addCredential(plane) {
      const secretFile = join(stage.directory, 'tsig-secret');
      await writeFile(secretFile, stage.dns.key.secret, { mode: 0o600 });
      return addCredential(plane, stage, secretFile);
    },
  }),

  async cloudflare(stage) {
    const cloudflare = await startCloudflare(stage, stage.dns.zone);
    const credentialName = 'cloudflare-emulated';
    return {
      ...{ poolName: 'demo-cloudflare-emulated', credentialName, ttlSeconds: 60, apiTarget: cloudflare.target },
      words: emulated('Cloudflare', cloudflare.apiBase),
      addCredential: (plane) => addCloudflareCredential(plane, cloudflare, credentialName),
    };
  },

  async whm(stage) {
    const whm = await startWhm(stage);
    const credentialName = 'whm-emulated';
    return {
      ...{ poolName: 'demo-whm-emulated', credentialName, ttlSeconds: 60, apiTarget: whm.target },
      words: emulated('WHM', `https://${whm.target}`),
      addCredential: (plane) => whm.addCredential(plane, credentialName, whm.sha256),
    };
  },
};

function emulated(vendor: string, address: string): readonly string[] {
  return [
    `${vendor} is EMULATED: a process of this machine answers at ${address} as its API does.`,
    'Nothing goes to the vendor. What is written there is answered by the real name server, BIND.',
  ];
}
