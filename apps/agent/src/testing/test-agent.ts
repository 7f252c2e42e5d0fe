import { generateKeyPairSync, sign } from 'node:crypto';
import type { HeartbeatReply } from '@serverctl/contract/agent';
import { createBeat } from '../beat.ts';
import type { HostState } from '../host-state.ts';
import { createHttpClient } from '../http-client.ts';
import { HeartbeatLoop } from '../loop.ts';
import type { Condition } from '../outcome.ts';
import { createPlane } from '../plane.ts';
import { createSession } from '../session.ts';
import { createUrlChoice } from '../urls.ts';
import { FakeClock } from './fake-clock.ts';
import type { FakePlane } from './fake-plane.ts';

/** The agent's heartbeats as `run` puts them together, with a clock of the test and a host that is a value. */
export function createTestAgent(planes: readonly FakePlane[]) {
  const clock = new FakeClock();
  const pair = generateKeyPairSync('ed25519');
  const publicKey = pair.publicKey.export({ format: 'jwk' })['x'] as string;
  for (const plane of planes) plane.publicKey = publicKey;
  const signer = {
    memberId: 'm-1',
    sign: (text: string) => sign(null, Buffer.from(text), pair.privateKey).toString('base64url'),
  };
  const client = createHttpClient(clock);
  const urls = planes.map(({ url }) => url);
  const plane = createPlane(client, createUrlChoice(urls, clock));
  const session = createSession(plane, signer, clock);
  const seen = {
    /** Each number in the order in which it was given. */
    numbers: [] as { readonly boot: number; readonly seq: number }[],
    conditions: [] as Condition[],
    replies: [] as HeartbeatReply[],
  };
  const host: { state: HostState } = {
    state: {
      hostname: 'm1.lab.test',
      publicIpv4: null,
      publicIpv6: null,
      units: [],
      packageLock: false,
      haproxy: null,
    },
  };
  const beat = createBeat({
    plane,
    session: {
      ...session,
      nextBeat() {
        const number = session.nextBeat();
        seen.numbers.push(number);
        return number;
      },
    },
    readHost: async () => host.state,
    agentVersion: 'test',
    onReply: (reply) => void seen.replies.push(reply),
    onCondition: (condition) => void seen.conditions.push(condition),
  });
  const loop = new HeartbeatLoop({ clock, random: { fraction: () => 0.5 }, urlCount: urls.length, beat });
  const stop = () => {
    loop.stop();
    client.close();
  };
  return { clock, loop, host, seen, stop };
}
