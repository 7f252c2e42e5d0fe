import { agentPaths, protocolVersion } from '@serverctl/contract/agent';
import { minuteMs, secondMs } from '@serverctl/core';
import { enrolmentSecretHash } from '../../../apps/server/src/services/enrolment/enrol.ts';
import { type Host, keyFromBytes } from './host.ts';
import type { Installation } from './installation.ts';
import type { Stream } from './random.ts';

const secretLifeMs = 15 * minuteMs;
const againMs = 20 * secondMs;
const mostTries = 10;

/**
 * A person issues a secret and pastes the line on the host; the real enrolment decides. An impatient one runs it twice at once, at two
 * addresses, each run with a key of its own: one secret yields one key (I15). When nothing comes of it a new secret is issued.
 */
export function enrolHost(installation: Installation, host: Host, random: Stream, tries = 1): void {
  const { storage, urls, clock } = installation;
  const { memberId, hostname } = host.disk;
  if (tries > mostTries || !storage.house.members.has(memberId)) return;
  const again = () => clock.schedule(againMs, () => enrolHost(installation, host, random, tries + 1));
  if (storage.database.state !== 'up' || !host.hasPower) return void again();
  const secret = Buffer.from(random.bytes(32)).toString('base64url');
  storage.agents.issueSecret(memberId, enrolmentSecretHash(secret), secretLifeMs);
  const runs = random.chance(0.3) ? 2 : 1;
  let isDone = false;
  let left = runs;
  for (let run = 0; run < runs; run += 1) {
    const key = keyFromBytes(random.bytes(32));
    const publicKey = key.publicKey.toString('base64url');
    const body = { protocol: protocolVersion, secret, hostname, publicKey, agentVersion: '0.1.0' };
    const url = `${urls[(tries + run) % urls.length]}${agentPaths.enrol}`;
    void host
      .command()
      .client.post({ url, body, timeoutMs: 10_000 })
      .then((outcome) => {
        left -= 1;
        const isEnrolled = outcome.kind === 'reply' && outcome.status === 200;
        if (isEnrolled) host.enrolled(key, urls);
        isDone ||= isEnrolled;
        if (left === 0 && !isDone) again();
      });
  }
}
