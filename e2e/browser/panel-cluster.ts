import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { makeCertificate, type TestCertificate } from '@serverctl/dns/testing';
import { type Bind, startBind } from '@serverctl/lab';
import { type CpanelEmulator, mirrorZoneTo, type Peer, startCpanelEmulator } from '../../testkit/src/cpanel/index.ts';
import type { LocalStage } from '../src/local-stage.ts';

export const account = { user: 'owner', token: 'BROWSERTESTSTOKENOFCPANEL0123456' };
export const whmToken = 'BROWSERTESTSTOKENOFWHM0123456789';

/** An emulated WHM whose zone is the stage's, answered by two real name servers that get it from the panel, and one that has never heard of it. */
export interface PanelCluster {
  /** For the server: where the name servers are, and that it may go there. */
  readonly settings: NodeJS.ProcessEnv;
  /** Of WHM, whichever certificate it shows. */
  readonly port: number;
  /** The second name server: `arrives('held')` makes it late. */
  readonly second: Peer;
  panel(): CpanelEmulator;
  /** The same panel with a new certificate at the same place, which is what a renewal is. */
  renew(): Promise<TestCertificate>;
  /** The zone names a third server, which does not serve it. */
  delegateElsewhere(): Promise<void>;
  stop(): Promise<void>;
}

export async function openPanelCluster({ directory, dns, nameServer }: LocalStage): Promise<PanelCluster> {
  const { zone } = dns;
  const [two, three] = await Promise.all([
    startBind({ directory: join(directory, 'bind-2'), zone }),
    startBind({ directory: join(directory, 'bind-3'), zone: 'elsewhere.test' }),
  ]);
  const servers = [nameServer, two];
  const addresses = ['127.0.0.2', '127.0.0.3'] as const;
  const doors = await Promise.all([openDoor(addresses[0], dns.port, two), openDoor(addresses[1], dns.port, three)]);
  const places = ['127.0.0.1', ...addresses].map((address) => `${address}:${dns.port}`);
  for (const bind of servers) await updated(bind, delegation(zone));
  const way = await openWay();
  const serveBy = (emulator: CpanelEmulator): Peer => {
    emulator.addToken({ service: 'whm', user: 'root', value: whmToken, rights: ['dns'] });
    emulator.addToken({ service: 'cpanel', user: account.user, value: account.token });
    emulator.addPeer(mirrorZoneTo(asMirror(nameServer)));
    return emulator.addPeer(mirrorZoneTo(asMirror(two)));
  };
  let panel = await startCpanelEmulator();
  let held = panel.addZone(zone);
  const second = serveBy(panel);
  way.lead(panel.bases.whm);
  await panel.change(held, () => held.append('panel', 'A', '203.0.113.20'));
  return {
    settings: {
      SERVERCTL_DNS_START_POINTS: places.join(),
      SERVERCTL_ALLOW_PRIVATE_TARGETS: [...places, `127.0.0.1:${way.port}`, new URL(panel.bases.cpanel).host].join(),
    },
    ...{ port: way.port, second, panel: () => panel },
    async renew() {
      const before = { panel, held };
      panel = await startCpanelEmulator({ certificate: makeCertificate({ until: '2027-03-01T00:00:00' }) });
      held = panel.addZone(zone);
      held.write(before.held.lines);
      serveBy(panel);
      way.lead(panel.bases.whm);
      await before.panel.stop();
      return panel.certificate;
    },
    async delegateElsewhere() {
      for (const bind of servers) await updated(bind, third(zone));
      // What was done to the servers themselves raised their serials: the panel's goes past them.
      await panel.change(held, () => {
        for (const label of ['mail', 'ftp', 'cpanel']) held.append(label, 'A', '203.0.113.20');
      });
    },
    async stop() {
      way.stop();
      for (const door of doors) door.close();
      await panel.stop();
      await Promise.all([two.stop(), three.stop()]);
    },
  };
}

const delegation = (zone: string): readonly string[] => [
  `update add ${zone} 30 NS ns2.${zone}`,
  `update add ns2.${zone} 30 A 127.0.0.2`,
];

const third = (zone: string): readonly string[] => [
  `update add ${zone} 30 NS ns3.${zone}`,
  `update add ns3.${zone} 30 A 127.0.0.3`,
];

/** The name servers take it from a key that may do anything. */
const asMirror = (bind: Bind) => ({
  nsupdate: (lines: readonly string[]) => bind.nsupdate([`zone ${bind.zone}`, ...lines].join('\n')),
});

async function updated(bind: Bind, lines: readonly string[]): Promise<void> {
  const { status, stderr } = await asMirror(bind).nsupdate(lines);
  if (status !== 0) throw new Error(stderr);
}

/** One port that leads to whatever stands behind it by now; connections that were made go with what they were made to. */
async function openWay() {
  const sockets = new Set<Socket>();
  let target = 0;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    const behind = connect({ host: '127.0.0.1', port: target });
    keep(client);
    keep(behind);
    client.pipe(behind).pipe(client);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    lead(base: string) {
      target = Number(new URL(base).port);
      cut();
    },
    stop() {
      server.close();
      cut();
    },
  };
}

/** BIND listens at addresses that an interface has; of 127.0.0.0/8 that is the first alone. Over UDP, as a resolver asks at first. */
async function openDoor(address: string, port: number, { address: to, port: at }: Bind) {
  const door = createSocket('udp4');
  door.on('message', (question, from) => {
    const behind = createSocket('udp4');
    behind.once('message', (answer) => {
      door.send(answer, from.port, from.address);
      behind.close();
    });
    behind.send(question, at, to);
  });
  door.bind(port, address);
  await once(door, 'listening');
  return door;
}
