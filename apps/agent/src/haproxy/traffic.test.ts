import { readFileSync } from 'node:fs';
import { trafficLimits } from '@serverctl/contract/agent';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundedTraffic, parseTraffic } from './traffic.ts';

/** What Debian's HAProxy 2.6.12 wrote, with three HTTP frontends and a TCP one under some load. */
const recorded = (name: string) => readFileSync(new URL(`./testing/${name}`, import.meta.url), 'latin1');
const worker = recorded('worker-2.6.txt');
const master = recorded('master-2.6.txt');
const essentials = { version: '2.6.12-1+deb12u4', uptimeSeconds: 1, sessions: 7, sessionRate: 18, requestRate: 24 };

describe('the answer of HAProxy 2.6', () => {
  it.each([
    ['a worker', worker],
    ['the master', master],
  ])('of %s is summed over its frontends, a TCP one without requests', (_who, answer) => {
    expect(parseTraffic(answer)).toEqual(essentials);
  });

  it('says nothing when it was cut off anywhere', () => {
    for (let length = 0; length < worker.length; length += 1) expect(parseTraffic(worker.slice(0, length))).toBeNull();
  });

  it.each([
    ['a count that is no number', '\nweb,FRONTEND,,,3,', '\nweb,FRONTEND,,,three,'],
    ['a count that is missing', '\nweb,FRONTEND,,,3,', '\nweb,FRONTEND,,,,'],
    ['a negative count', '\nweb,FRONTEND,,,3,', '\nweb,FRONTEND,,,-3,'],
    ['more sessions than can be', '\nweb,FRONTEND,,,3,', `\nweb,FRONTEND,,,${trafficLimits.sessions},`],
    ['a row of another length', '\nweb,FRONTEND,,,3,', '\nweb,FRONTEND,,3,'],
    ['a quoted cell', '\nweb,FRONTEND,,,3,', '\n"web",FRONTEND,,,3,'],
    ['no column of sessions', ',scur,', ',current,'],
    ['no version', '\nVersion: ', '\nRelease: '],
    ['an endless version', '\nVersion: ', `\nVersion: ${'9'.repeat(60)}`],
    ['a version that is not printable', '\nVersion: ', '\nVersion: \u001b[2J'],
    ['no uptime', '\nUptime_sec: 1\n', '\nUptime_sec: \n'],
    ['an uptime beyond all', '\nUptime_sec: 1\n', '\nUptime_sec: 2147483649\n'],
  ])('says nothing with %s', (_what, part, instead) => {
    expect(worker).toContain(part);
    expect(parseTraffic(worker.replace(part, instead))).toBeNull();
  });

  it('counts frontends alone, wherever the columns stand', () => {
    const info = 'Version: 3.2.1\nUptime_sec: 9\n';
    const rows = ['a,FRONTEND,2,10,1,OPEN', 'a,BACKEND,50,60,70,UP', 'a,s1,5,6,7,UP', 'b,FRONTEND,3,,0,OPEN'];
    const table = `# pxname,svname,rate,req_rate,scur,status\n${rows.join('\n')}\n`;
    const figures = { sessions: 1, sessionRate: 5, requestRate: 10 };
    expect(parseTraffic(`${info}\n${table}\n`)).toEqual({ version: '3.2.1', uptimeSeconds: 9, ...figures });
  });

  it('is zero without a frontend', () => {
    const answer = 'Version: 3.2.1\nUptime_sec: 9\n\n# pxname,svname,rate,req_rate,scur\n\n';
    expect(parseTraffic(answer)).toMatchObject({ sessions: 0, sessionRate: 0, requestRate: 0 });
  });
});

it('whatever a socket writes is within the limits of a heartbeat, or no news', () => {
  const change = fc.record({
    at: fc.nat(worker.length),
    without: fc.nat(40),
    insert: fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.constantFrom('\n', '\n\n', ',', '# ', '99999999999999999999', '\0'),
    ),
  });
  const altered = fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
    let text = worker;
    for (const { at, without, insert } of changes) text = text.slice(0, at) + insert + text.slice(at + without);
    return text;
  });
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), altered), (text) => {
      const traffic = parseTraffic(text);
      if (traffic !== null) expect(boundedTraffic({ ...traffic })).toEqual(traffic);
    }),
    { numRuns: 2_000 },
  );
});

it('the sum over frontends is exact, in any number and order', () => {
  const figure = fc.nat(1_000);
  const frontend = fc.record({ scur: figure, rate: figure, reqRate: fc.option(figure) });
  fc.assert(
    fc.property(fc.array(frontend, { maxLength: 50 }), (frontends) => {
      const rows = frontends.map(
        ({ scur, rate, reqRate }, index) => `f${index},FRONTEND,${scur},${rate},${reqRate ?? ''}\n`,
      );
      const answer = `Version: 3.0\nUptime_sec: 1\n\n# pxname,svname,scur,rate,req_rate\n${rows.join('')}\n`;
      const sum = (of: (one: (typeof frontends)[number]) => number) => frontends.reduce((all, one) => all + of(one), 0);
      expect(parseTraffic(answer)).toEqual({
        version: '3.0',
        uptimeSeconds: 1,
        sessions: sum(({ scur }) => scur),
        sessionRate: sum(({ rate }) => rate),
        requestRate: sum(({ reqRate }) => reqRate ?? 0),
      });
    }),
  );
});
