import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PanelCertificate } from '@serverctl/contract';
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
  /** Says what is worth seeing on the way. */
  addCredential(plane: Plane, say: Say): Promise<unknown>;
}

type Say = (line: string) => void;

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
      addCredential: async (plane, say) =>
        whm.addCredential(plane, credentialName, pinOf(await whm.certificate(plane), whm.sha256, say)),
    };
  },
};

/** As an operator pins one: looks at it from the control plane, and compares it with what the server itself names. */
function pinOf({ sha256, isSelfSigned }: PanelCertificate, named: string, say: Say): string {
  say(
    `WHM shows a certificate that is signed by ${isSelfSigned ? 'itself' : 'another'}, SHA-256 ${sha256.slice(0, 16)}…`,
  );
  if (sha256 !== named.replaceAll(':', '')) throw new Error(`WHM names another certificate of itself: ${named}.`);
  say('WHM’s own host names the same one, so it is pinned: the token goes to no other.');
  return sha256;
}

function emulated(vendor: string, address: string): readonly string[] {
  return [
    `${vendor} is EMULATED: a process of this machine answers at ${address} as its API does.`,
    'Nothing goes to the vendor. What is written there is answered by the real name server, BIND.',
  ];
}
