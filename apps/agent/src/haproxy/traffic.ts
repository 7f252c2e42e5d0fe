import { type HaproxyTraffic, trafficLimits } from '@serverctl/contract/agent';

/*
 * What HAProxy answers to `show info;show stat -1 1 -1`, as recorded from HAProxy 2.6: one block of text a command, each ended by an
 * empty line.
 *
 *   Name: HAProxy                             `name: value`
 *   Version: 2.6.12-1+deb12u4
 *   …
 *
 *   # pxname,svname,qcur,qmax,scur,…,         CSV with its header: columns are found by name, since versions add some
 *   web,FRONTEND,,,3,…,
 *
 * The plain form, not `typed` or `json`: those take 3 and 13 KB a frontend, this 0.3. Frontends' names hold no comma or quote. Sessions
 * come from the frontends, since CurrConns of `show info` counts the connection that asks.
 */
const statHeader = '\n\n# pxname,svname,';
const wanted = ['svname', 'scur', 'rate', 'req_rate'] as const;
type Columns = Readonly<Record<(typeof wanted)[number], number>>;

/** The essentials of a whole answer. Null when it is cut off, of another form, or holds a figure beyond `trafficLimits`. */
export function parseTraffic(answer: string): HaproxyTraffic | null {
  const border = answer.indexOf(statHeader);
  if (border === -1 || !answer.endsWith('\n\n')) return null;
  const header = answer.indexOf('#', border) + 2;
  const table = answer.slice(header, answer.indexOf('\n\n', header)).split('\n');
  const frontends = sumOfFrontends(table);
  if (frontends === null) return null;
  const fact = infoOf(answer.slice(0, border));
  return boundedTraffic({ version: fact('Version'), uptimeSeconds: figure(fact('Uptime_sec')), ...frontends });
}

/** A reading with nothing in it that a heartbeat could not carry; else null. */
export function boundedTraffic(reading: Readonly<Record<string, unknown>>): HaproxyTraffic | null {
  const { version, uptimeSeconds, sessions, sessionRate, requestRate } = reading;
  const { versionLength, ratePerSecond } = trafficLimits;
  if (typeof version !== 'string' || version.length > versionLength || !/^[\x20-\x7e]+$/.test(version)) return null;
  if (!isCount(uptimeSeconds, trafficLimits.uptimeSeconds) || !isCount(sessions, trafficLimits.sessions)) return null;
  if (!isCount(sessionRate, ratePerSecond) || !isCount(requestRate, ratePerSecond)) return null;
  return { version, uptimeSeconds, sessions, sessionRate, requestRate };
}

function infoOf(text: string): (name: string) => string {
  const lines = text.split('\n');
  return (name) =>
    lines
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2)
      .trim() ?? '';
}

function sumOfFrontends([header = '', ...rows]: readonly string[]) {
  const names = header.split(',');
  const columns = Object.fromEntries(wanted.map((name) => [name, names.indexOf(name)])) as Columns;
  if (Object.values(columns).includes(-1)) return null;
  const sum = { sessions: 0, sessionRate: 0, requestRate: 0 };
  for (const row of rows) {
    const cells = row.split(',');
    if (cells.length !== names.length || row.includes('"')) return null;
    if (cells[columns.svname] !== 'FRONTEND') continue;
    sum.sessions += figure(cells[columns.scur]);
    sum.sessionRate += figure(cells[columns.rate]);
    sum.requestRate += cells[columns.req_rate] === '' ? 0 : figure(cells[columns.req_rate]);
  }
  return sum;
}

/** NaN, which is within no limit, for anything but a plain number. */
function figure(text = ''): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
}

function isCount(value: unknown, most: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most;
}
