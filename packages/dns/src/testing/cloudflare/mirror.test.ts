import { describe, expect, it, onTestFinished } from 'vitest';
import { startTestBind, whyNoBind } from '../bind.ts';
import { edgeAddresses, mirrorTo, startCloudflareEmulator } from './index.ts';

const reason = whyNoBind();

describe.skipIf(reason !== null)(`BIND behind the emulator${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  it('answers what the zone holds; for a proxied name the edge, wherever its origin moves', async () => {
    const bind = await startTestBind({ zone: 'example.test' });
    onTestFinished(() => bind.stop());
    const emulator = await startCloudflareEmulator({ onChange: mirrorTo(bind) });
    onTestFinished(() => emulator.stop());
    const zone = emulator.addZone('example.test');
    const name = 'lb.example.test';
    const dig = () => bind.dig(name, 'A');
    let id = '';
    const change = (act: () => void) => emulator.change(zone, [name], act);
    await change(() => {
      ({ id } = zone.records.create({ type: 'A', name, content: '192.0.2.1' }));
    });
    expect(await dig()).toEqual(['192.0.2.1']);
    await change(() => void zone.records.patch(id, { proxied: true, content: '192.0.2.2' }));
    expect(await dig()).toEqual(edgeAddresses);
    const beside: string[] = [];
    await change(() => void beside.push(zone.records.create({ type: 'AAAA', name, content: '2001:db8::9' }).id));
    expect([await dig(), await bind.dig(name, 'AAAA')]).toEqual([edgeAddresses, []]); // treated as proxied as well
    await change(() => void zone.records.remove(beside[0] ?? ''));
    await change(() => void zone.records.remove(id));
    expect(await dig()).toEqual([]);
    await change(() => void zone.records.create({ type: 'CNAME', name, content: 'x.example.test' }));
    expect(await bind.dig(name, 'CNAME')).toEqual(['x.example.test.']);
    await change(() => {
      zone.records.remove(zone.records.list()[0]?.id ?? '');
      zone.records.create({ type: 'AAAA', name, content: '2001:db8::1' });
      zone.records.create({ type: 'TXT', name, content: 'beside' });
    });
    expect([await bind.dig(name, 'AAAA'), await bind.dig(name, 'TXT')]).toEqual([['2001:db8::1'], ['"beside"']]);
  });
});
