import { describe, expect, it } from 'vitest';
import { FakeClock, settled } from '../testing/fake-clock.ts';
import { FakeSystemd, failed, restarting, running, stopped } from '../testing/fake-systemd.ts';
import { recordedLog } from '../testing/recorded-log.ts';
import { UnitWatch } from './unit-watch.ts';

const unit = 'haproxy.service';

async function watching(prepare: (systemd: FakeSystemd) => void = () => undefined) {
  const clock = new FakeClock();
  const systemd = new FakeSystemd();
  systemd.units.set(unit, running);
  prepare(systemd);
  const log = recordedLog();
  const changes: string[] = [];
  const record = () =>
    void changes.push(
      watch
        .report()
        .map(({ activeState }) => activeState)
        .join(' '),
    );
  let news = 0;
  const onNews = () => {
    news += 1;
  };
  const { openBus, show } = systemd;
  const watch = new UnitWatch({ clock, log, openBus, show, onChange: record, onNews });
  watch.watch([unit]);
  await settled();
  const states = () => watch.report().map(({ activeState }) => activeState);
  return { clock, systemd, log, changes, watch, news: () => news, states };
}

describe('units followed by signals', () => {
  it('are known as soon as the bus is open', async () => {
    const { watch, changes } = await watching();
    expect(watch.report()).toEqual([{ unit, ...running, answers: null }]);
    expect(changes).toEqual(['active']);
  });

  it('that stop are reported 50 ms later, once', async () => {
    const { clock, systemd, changes } = await watching();
    systemd.change(unit, { ...stopped, activeState: 'deactivating', subState: 'stop-sigterm' });
    await clock.advance(3);
    systemd.change(unit, stopped);
    await clock.advance(49);
    expect(changes).toEqual(['active']);
    await clock.advance(1);
    expect(changes).toEqual(['active', 'inactive']);
  });

  it('that give a signal say so at once, before they rest, and once until they do', async () => {
    const { clock, systemd, changes, news } = await watching();
    const before = news();
    systemd.change(unit, { ...stopped, activeState: 'deactivating', subState: 'stop-sigterm' });
    systemd.change(unit, stopped);
    await settled();
    expect([news() - before, changes]).toEqual([1, ['active']]);
    await clock.advance(50);
    systemd.change(unit, running);
    expect(news() - before).toBe(2);
  });

  it('that are killed and restarted by systemd are never reported as failed', async () => {
    const { clock, systemd, changes } = await watching();
    systemd.change(unit, failed);
    await clock.advance(0.09);
    systemd.change(unit, restarting);
    await clock.advance(250);
    systemd.change(unit, running);
    await clock.advance(100);
    expect(changes).toEqual(['active', 'activating', 'active']);
  });

  it('that gave a signal but are as before make no change', async () => {
    const { clock, systemd, changes } = await watching();
    systemd.change(unit, running);
    await clock.advance(100);
    expect(changes).toEqual(['active']);
  });

  it('are read again when systemd reloads them', async () => {
    const { clock, systemd, states } = await watching((fake) => fake.units.clear());
    systemd.change(unit, running, true);
    systemd.reload();
    await clock.advance(60);
    expect(states()).toEqual(['active']);
  });

  it('are those that the control plane wants, which changes', async () => {
    const { clock, systemd, watch } = await watching((fake) => fake.units.set('nginx.service', stopped));
    watch.watch(['nginx.service']);
    await settled();
    expect(watch.report().map((report) => report.unit)).toEqual(['nginx.service']);
    systemd.change(unit, stopped);
    await clock.advance(300);
    expect(watch.report()).toHaveLength(1);
  });

  it('have names that systemd would take; others are left out and named in the log', async () => {
    const { watch, log } = await watching();
    watch.watch(['haproxy.service', '--help', 'a b.service', '../x.service']);
    await settled();
    expect(watch.report().map((report) => report.unit)).toEqual([unit]);
    expect(log.lines.join()).toContain('not names of units');
  });
});

describe('when the bus is lost', () => {
  it('it is opened again, and what changed meanwhile is reported', async () => {
    const { clock, systemd, states } = await watching();
    systemd.loseBus();
    systemd.change(unit, stopped, true);
    await clock.advance(250);
    expect(states()).toEqual(['inactive']);
  });

  it('it is tried at 0.25, 0.5 … at most 5 s, and said once', async () => {
    const { clock, systemd, log } = await watching();
    systemd.busIsThere = false;
    systemd.loseBus();
    await clock.advance(60_000);
    expect(systemd.opened).toBeGreaterThan(12);
    expect(systemd.opened).toBeLessThan(20);
    expect(log.lines.filter((line) => line.includes('no such socket'))).toHaveLength(1);
  });

  it('systemctl is asked every 2 s and its answer reported, as news too', async () => {
    const { clock, systemd, states, news } = await watching();
    const before = news();
    systemd.busIsThere = false;
    systemd.loseBus();
    systemd.change(unit, failed, true);
    await clock.advance(2_000);
    expect(states()).toEqual(['failed']);
    await clock.advance(2_000);
    expect(news() - before).toBe(1);
  });

  it('and systemctl fails too, nothing is reported after 10 s: an old state is not a state', async () => {
    const { clock, systemd, states } = await watching();
    systemd.busIsThere = false;
    systemd.systemctlWorks = false;
    systemd.loseBus();
    await clock.advance(9_999);
    expect(states()).toEqual(['active']);
    await clock.advance(2);
    expect(states()).toEqual([]);
    systemd.busIsThere = true;
    await clock.advance(5_000);
    expect(states()).toEqual(['active']);
  });

  it('a read that is not answered counts as a loss', async () => {
    const { clock, systemd, states } = await watching();
    systemd.readsFail = true;
    systemd.change(unit, stopped);
    await clock.advance(60);
    systemd.readsFail = false;
    await clock.advance(250);
    expect(systemd.opened).toBe(2);
    expect(states()).toEqual(['inactive']);
  });

  it('nothing is opened again after close', async () => {
    const { clock, systemd, watch } = await watching();
    watch.close();
    systemd.loseBus();
    await clock.advance(60_000);
    expect(systemd.opened).toBe(1);
    expect(systemd.shown).toBe(0);
  });
});

describe('the second opinion of systemctl', () => {
  it('is asked every 15 s and agrees in silence', async () => {
    const { clock, systemd, log, changes } = await watching();
    await clock.advance(45_000);
    expect(systemd.shown).toBe(3);
    expect(systemd.opened).toBe(1);
    expect(changes).toEqual(['active']);
    expect(log.lines.filter((line) => !line.startsWith('info'))).toEqual([]);
  });

  it('is believed where a signal was missed; it is logged and the bus is opened anew', async () => {
    const { clock, systemd, log, changes } = await watching();
    systemd.change(unit, stopped, true);
    await clock.advance(15_100);
    expect(changes).toEqual(['active', 'inactive']);
    expect(log.lines.join()).toContain('systemctl is believed');
    await clock.advance(250);
    expect(systemd.opened).toBe(2);
  });

  it('is not believed when a signal on its way explains the difference', async () => {
    const { clock, systemd, log, states } = await watching();
    systemd.systemctlSays = stopped;
    await clock.advance(15_000);
    systemd.change(unit, failed);
    await clock.advance(300);
    expect(systemd.opened).toBe(1);
    expect(states()).toEqual(['failed']);
    expect(log.lines.join()).not.toContain('believed');
  });

  it('that cannot be asked changes nothing while signals come', async () => {
    const { clock, systemd, states } = await watching();
    systemd.systemctlWorks = false;
    await clock.advance(120_000);
    expect(states()).toEqual(['active']);
    expect(systemd.opened).toBe(1);
  });

  it('does not tell the type of a job, so ours is kept', async () => {
    const starting = { ...restarting, job: 'start' };
    const { clock, systemd, watch } = await watching((fake) => {
      fake.units.set(unit, starting);
      fake.systemctlSays = { ...starting, job: 'unknown' };
    });
    await clock.advance(15_200);
    expect(watch.report()[0]?.job).toBe('start');
    expect(systemd.opened).toBe(1);
  });
});
