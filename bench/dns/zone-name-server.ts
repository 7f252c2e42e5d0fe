import { type DnsName, markName } from '@serverctl/core';
import { createResolver } from '@serverctl/dns';
import { startTcpRelay, type TestNameServer } from '@serverctl/dns/testing';
import { systemClock } from '../../apps/server/src/platform/clock.ts';
import { systemRandom } from '../../apps/server/src/platform/random.ts';
import { rfc2136Kind } from '../../apps/server/src/services/dns-providers/rfc2136.ts';
import { createOutbound } from '../../apps/server/src/services/outbound.ts';
import { type CellZone, interceptable } from './cell-zone.ts';
import { instance } from './fleet.ts';
import { countMeetings } from './meetings.ts';

const somebodys = 'sha512';
const randomId = () => Buffer.from(systemRandom.bytes(2)).readUInt16BE();

/**
 * A cell at a real name server, over the server's own way to it, through a relay that can lose messages. The relay hears what the server
 * says to each of our updates, also where we do not; somebody else's go past it.
 */
export async function openNameServerZone(server: TestNameServer, number: number): Promise<CellZone> {
  const zone = server.zone as DnsName;
  const name = `c${number}.${zone}` as DnsName;
  const relay = await startTcpRelay(server);
  const outbound = createOutbound({ clock: systemClock, allowPrivate: [{ host: '127.0.0.1', port: relay.port }] });
  const { name: keyName, algorithm, secret } = server.keys.sha256;
  const place = { provider: 'rfc2136', host: '127.0.0.1', port: relay.port, transport: 'tcp' } as const;
  const kind = rfc2136Kind({ clock: systemClock, random: systemRandom, outbound, instance });
  const inner = kind.open({ ...place, keyName, algorithm }, secret);
  const { provider, meetNext, holdNextWrite } = interceptable(inner, (arrive) => arrive());
  const meetings = countMeetings();
  const lose = (mode: 'lose-reply' | 'lose-request') => () => {
    meetings.arm();
    meetNext(async (send, signal) => {
      void relay.lost().then(meetings.note);
      relay.mode = mode;
      try {
        return await send(signal);
      } finally {
        relay.mode = 'pass';
      }
    });
  };
  const resolver = createResolver({ randomId });
  const update = async (...script: readonly string[]) => {
    const { status, stderr } = await server.nsupdate(script, somebodys);
    if (status !== 0) throw new Error(`nsupdate: ${stderr}`);
    return true;
  };
  const changeOthers = () => {
    meetings.arm();
    meetNext(async (send, signal) => {
      await update(`add _acme-challenge.${name}. 60 TXT "of a certificate"`);
      meetings.note();
      return send(signal);
    });
  };
  return {
    ...{ zone, name, provider, holdNextWrite },
    comparesAndSets: true,
    async answer() {
      const asked = { name: 'server', address: server.address, port: server.port };
      return (await resolver.ask(asked, name, 'A', AbortSignal.timeout(2_000))).addresses;
    },
    effects: () => relay.confirmedWrites,
    met: meetings.met,
    armed: {
      'lost-reply': lose('lose-reply'),
      'lost-request': lose('lose-request'),
      'other-records': changeOthers,
    },
    // On condition that there is something to change: else the update would be confirmed and have changed nothing.
    put: (addresses) =>
      update(
        `prereq yxrrset ${name}. A`,
        `del ${name}. A`,
        ...addresses.map((address) => `add ${name}. 60 A ${address}`),
      ),
    removeMark: () => update(`prereq yxrrset ${markName({ name })}. TXT`, `del ${markName({ name })}. TXT`),
    stop: () => relay.stop(),
  };
}
