import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import type { Ipv4, PoolId, RecordRef } from '@serverctl/core';
import { startTcpRelay } from '@serverctl/dns/testing';
import { expect, it, onTestFinished } from 'vitest';
import type { CallBudget } from '../../apps/server/src/worker/budget.ts';
import { deleteRecord, deleteValue, isAbsent, replaceRecord } from '../../packages/dns/src/rfc2136/records.ts';
import { addressData } from '../../packages/dns/src/wire/address-records.ts';
import { encodeMessage, type Message, plainFlags, type ResourceRecord } from '../../packages/dns/src/wire/message.ts';
import { opcode, rrClass, rrType } from '../../packages/dns/src/wire/registry.ts';
import { countWaits } from './count-waits.ts';
import { instance } from './fleet.ts';
import { openPanelZone } from './zone-panel.ts';

const [noError, refused] = [0, 5];
const [owner, zone, text] = ['lb.zone.test', 'zone.test', 'v=1'];
const update = (prerequisites: readonly ResourceRecord[], changes: readonly ResourceRecord[]): Partial<Message> => ({
  ...{ opcode: opcode.update, answers: prerequisites, authority: changes },
});
const absent = isAbsent(owner, rrType.a);
const replacement = replaceRecord({ zone, name: owner, type: 'A' } as RecordRef, '192.0.2.1', 60);
const rehearsal = [
  deleteValue(owner, rrType.a, addressData('A', '255.255.255.255')),
  deleteValue(owner, rrType.txt, { kind: 'txt', strings: [text] }),
];

/** The reply gets the rcode that stands in the message's id. */
function ask(port: number, message: Partial<Message>, rcode = noError): Promise<unknown> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const bytes = encodeMessage({
    ...{ id: rcode, opcode: opcode.query, rcode: noError, flags: plainFlags },
    ...{ questions: [{ name: zone, type: rrType.soa, class: rrClass.in }], answers: [], authority: [], additional: [] },
    ...message,
  });
  socket.write(Uint8Array.from([0, bytes.length, ...bytes]));
  return once(socket, 'data');
}

it('counts a write that the name server confirmed, also where its reply was lost, and none that was refused, nor a question nor a rehearsal', async () => {
  const server = createServer((socket) => {
    socket.on('data', ([, , , rcode = 0, flags = 0]) => {
      socket.write(Uint8Array.from([0, 12, 0, rcode, 0x80 | flags, rcode, ...Buffer.alloc(8)]));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const relay = await startTcpRelay({ address: '127.0.0.1', port: (server.address() as AddressInfo).port });
  onTestFinished(async () => {
    await relay.stop();
    server.close();
  });
  await ask(relay.port, update([absent], replacement), refused);
  await ask(relay.port, { opcode: opcode.query });
  await ask(relay.port, update([], rehearsal));
  await ask(relay.port, update([absent], []));
  expect(relay.confirmedWrites).toBe(0);
  await ask(relay.port, update([absent], replacement));
  expect(relay.confirmedWrites).toBe(1);
  await ask(relay.port, update([], replacement)); // a write of ours that lost its condition is no rehearsal
  expect(relay.confirmedWrites).toBe(2);
  relay.mode = 'lose-reply';
  void ask(relay.port, update([absent], [deleteRecord({ zone, name: owner, type: 'AAAA' } as RecordRef)]));
  await expect.poll(() => relay.confirmedWrites).toBe(3);
});

it.each(['cpanel', 'whm'] as const)(
  'counts edits of %s that took effect, and none that was refused or another’s',
  async (panel) => {
    const { zone, name, provider, put, removeMark, answer, effects, stop } = await openPanelZone(panel, 1);
    onTestFinished(stop);
    const ref = { zone, name, type: 'A' } as const;
    const { signal } = new AbortController();
    const nothing = await provider.read(ref, signal);
    const set = (host: number) =>
      provider.replace(
        {
          ...{ ref, expected: nothing, next: { address: `192.0.2.${host}` as Ipv4, ttlSeconds: 60 } },
          mark: { instance, pool: 'p00000000001' as PoolId, epoch: host },
        },
        signal,
      );
    await set(1);
    await expect(set(2)).rejects.toMatchObject({ code: 'dns_rrset_drifted' });
    await put(['192.0.2.66', '192.0.2.67']);
    await removeMark();
    expect([await answer(), effects()]).toEqual([['192.0.2.66', '192.0.2.67'], 1]);
  },
);

it('counts failovers that were not let in before the event loop turned, and no reads in calm (R22)', async () => {
  const turn = () => new Promise<void>((resolve) => void setTimeout(resolve, 5));
  const inner: CallBudget = {
    enter: async () => true,
    enterTwice: async () => null,
    enterKept: () => turn().then(() => null),
    isPressed: () => false,
    holdOff() {},
  };
  const { budget, waited } = countWaits(inner);
  const { signal } = new AbortController();
  await budget.enter('credential', 'failover', signal);
  await budget.enterTwice('credential', signal);
  await turn();
  expect(waited()).toBe(0);
  await budget.enterKept('credential', signal);
  expect(waited()).toBe(1);
  const late: CallBudget = { ...inner, enter: () => turn().then(() => true) };
  const calm = countWaits(late);
  await calm.budget.enter('credential', 'background', signal);
  expect(calm.waited()).toBe(0);
  await calm.budget.enter('credential', 'failover', signal);
  expect(calm.waited()).toBe(1);
});
