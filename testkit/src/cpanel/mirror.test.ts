import { startTestBind, whyNoBind } from '@serverctl/dns/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { mirrorZoneTo } from './index.ts';
import { recordText, serving } from './testing.ts';

const reason = whyNoBind();

async function startBind() {
  const bind = await startTestBind({ zone: 'example.test' });
  onTestFinished(() => bind.stop());
  return bind;
}

describe.skipIf(reason !== null)(`BIND behind the emulator${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  it('answers what the zone holds, with the zone’s serial', async () => {
    const bind = await startBind();
    const { emulator, zone, edit } = await serving();
    emulator.addPeer(mirrorZoneTo(bind));
    await edit({ add: recordText('lb', '192.0.2.1'), 'add-1': recordText('example.test.', '192.0.2.9') });
    expect(await bind.dig('lb.example.test', 'A')).toEqual(['192.0.2.1']);
    const moved = { ...JSON.parse(recordText('lb.example.test.', '192.0.2.2')), line_index: 11 };
    expect((await edit({ edit: JSON.stringify(moved) })).body).toMatchObject({ status: 1 });
    expect(await bind.dig('lb.example.test', 'A')).toEqual(['192.0.2.2']);
    expect(await bind.dig('example.test', 'A')).toEqual(['192.0.2.9']);
    expect((await bind.dig('example.test', 'SOA'))[0]).toContain(` ${zone.serial} `);
    await edit({ remove: '11' });
    expect(await bind.dig('lb.example.test', 'A')).toEqual([]);
  });

  it('answers every type that can be written, but ALIAS', async () => {
    const bind = await startBind();
    const { emulator, edit } = await serving();
    emulator.addPeer(mirrorZoneTo(bind));
    const types = [
      ['AAAA', ['2001:db8::1'], '2001:db8::1'],
      ['CAA', ['0', 'issue', 'ca.test'], '0 issue "ca.test"'],
      ['CNAME', ['www'], 'www.example.test.'],
      ['HTTPS', ['1', '.', 'alpn=h2'], '1 . alpn="h2"'],
      ['MX', ['10', 'mail.test.'], '10 mail.test.'],
      ['SRV', ['1', '2', '443', 'www'], '1 2 443 www.example.test.'],
      ['SVCB', ['1', 'www.test.'], '1 www.test.'],
      ['TXT', ['say "so"', 'more'], '"say \\"so\\"" "more"'],
    ] as const;
    for (const [type, data, answer] of types) {
      await edit({ add: recordText(type.toLowerCase(), '', { record_type: type, data }) });
      expect(await bind.dig(`${type}.example.test`, type)).toEqual([answer]);
    }
  });

  it('at a peer answers the old until the change arrives', async () => {
    const [first, second] = [await startBind(), await startBind()];
    const { emulator, edit } = await serving();
    emulator.addPeer(mirrorZoneTo(first));
    const peer = emulator.addPeer(mirrorZoneTo(second), 'held');
    expect((await edit({ add: recordText('lb', '192.0.2.1') })).body).toMatchObject({ status: 1 });
    const answers = () => Promise.all([first, second].map((bind) => bind.dig('lb.example.test', 'A')));
    expect(await answers()).toEqual([['192.0.2.1'], []]);
    await peer.deliver();
    expect(await answers()).toEqual([['192.0.2.1'], ['192.0.2.1']]);
  });
});
