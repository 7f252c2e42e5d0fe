import type { BindingStatus, TestServer, TestView, ZoneState } from '@serverctl/contract';
import type { StateWords } from '../../lib/pool/health-words.ts';
import { addressesText, shallAnswer } from './words.ts';

/*
 * How far each name server of a zone is: a panel says that it took a write, and the others of its cluster get it later, or never (R24).
 */

export const zoneWords: Readonly<Record<ZoneState, StateWords>> = {
  same: { shape: 'healthy', word: 'Has the zone as it is' },
  behind: { shape: 'needs-you', word: 'Behind' },
  ahead: { shape: 'needs-you', word: 'Ahead' },
  'not-served': { shape: 'lost', word: 'Does not serve the zone' },
  unknown: { shape: 'unknown', word: 'Not known' },
};

/** One that did not answer is no more known than one without a serial; the word says which. */
export function zoneWordsOf({ zone = 'unknown', error }: TestServer): StateWords {
  return zone === 'unknown' && error !== null ? { shape: 'unknown', word: 'No answer' } : zoneWords[zone];
}

/** "answers 192.0.2.11; serial 7, the provider has 9" */
export function serverText({ addresses, error, serial = null, zone }: TestServer, held: TestView['serial']): string {
  const answer = error ?? `answers ${addressesText(addresses)}`;
  if (serial === null) return answer;
  const beside = zone === 'same' || held == null ? '' : `, the provider has ${held}`;
  return `${answer}; serial ${serial}${beside}`;
}

/** Of a server of the publisher’s report, what the last read found: that one names its address too. */
export const readOf = (server: string, read: TestView['servers']): TestServer | null =>
  read.find((one) => one.server === server || one.server.startsWith(`${server} (`)) ?? null;

/*
 * What the publisher says of an answer that is none of the name, by its rcode: an answer all the same, and a wrong one. Anything else that
 * stands there is why there is no answer.
 */
const wrongAnswers: ReadonlyMap<string, string> = new Map([
  ['NXDOMAIN', 'has no such name'],
  ['REFUSED', 'does not serve the zone'],
  ['NOTAUTH', 'does not serve the zone'],
  ['answers without authority', 'does not serve the zone'],
]);

/** In words, what a server says that does not give the record; null = it is no answer. */
export const wrongAnswer = (error: string): string | null => wrongAnswers.get(error) ?? null;

/**
 * How a server does that shall answer a record: one that has another answer is on its way to the right one; one that refuses the zone never
 * gets there, and of one that does not answer nothing is known.
 */
export function publishShape({
  ok,
  error,
}: Pick<BindingStatus['published'][number], 'ok' | 'error'>): StateWords['shape'] {
  if (ok) return 'healthy';
  if (error === null || error === 'NXDOMAIN') return 'running';
  return wrongAnswer(error) === null ? 'unknown' : 'lost';
}

/** Which servers have got a write and which have not, by name; null where the report has no server. */
export function laggingText(record: BindingStatus): string | null {
  const { published } = record;
  if (published.length === 0) return null;
  const lagging = published.filter(({ ok }) => !ok);
  const right = published.length - lagging.length;
  const each = lagging.map(({ server, addresses, error }) => {
    const said = error === null ? `answers ${addressesText(addresses)}` : (wrongAnswer(error) ?? `(${error})`);
    return `${server} ${said}`;
  });
  return `${right} of ${published.length} name servers answer ${shallAnswer(record)}. Not yet: ${each.join('; ')}.`;
}
