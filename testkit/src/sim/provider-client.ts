import {
  AppError,
  type DnsProvider,
  type PoolId,
  type RecordRef,
  type RecordView,
  type Replaced,
  type WriteRequest,
  type ZoneCalls,
} from '@serverctl/core';
import type { DnsCall, DnsOutcome } from './observer.ts';
import { type Answer, type Asked, sameView } from './provider.ts';
import { createProviderExchange, type ExchangeParts, type ProviderExchange } from './provider-exchange.ts';

/*
 * A provider's adapter in one process, as packages/dns would be: it carries a call to the provider's server and says in its words what came
 * of it. For a plain account a write is three calls, as with Cloudflare: read and compare, write, read back. One that carries many names of
 * its zone together reads them in one call and writes them in two: a list, and a batch of those that are as expected. The server counts each
 * of them towards its limit, so the adapter says how many there are (R22).
 */

export interface ClientParts extends ExchangeParts {
  /** Notes the call's begin; the returned function its end. */
  readonly began: (verb: DnsCall['verb'], ref: RecordRef, request: WriteRequest | null) => Began;
  /** The pool's epoch as this process knows it. */
  readonly epochOf: (poolId: PoolId) => number | null;
}

export interface Began {
  readonly call: DnsCall;
  readonly ended: (outcome: DnsOutcome) => void;
}

export function createProviderClient(parts: ClientParts): DnsProvider {
  const { server, began } = parts;
  const { flavour, together } = server.account;
  const exchange = createProviderExchange(parts);
  const readAt = async (ref: RecordRef, signal: AbortSignal) => only(await exchange.read([ref], signal));
  const write = async (asked: Asked, signal: AbortSignal) => unwrap(only(await exchange.write([asked], signal)));

  async function writePlainly(asked: Asked, signal: AbortSignal): Promise<Replaced> {
    const { request, call } = asked;
    if (!sameView(await readAt(request.ref, signal), request.expected)) {
      server.reject(call);
      throw new AppError('dns_rrset_drifted');
    }
    const replaced = await write(asked, signal);
    const after = await readAt(request.ref, signal).catch((error: unknown) => {
      throw new AppError('dns_outcome_unknown', { because: 'not read back' }, error);
    });
    const wished = 'next' in request ? request.next.address : '';
    if ((after.rrset?.addresses ?? []).join() !== wished)
      throw new AppError('dns_outcome_unknown', { because: 'read back' });
    return replaced;
  }

  function written(request: WriteRequest, signal: AbortSignal): Promise<Replaced> {
    const noted = began('replace', request.ref, request);
    const asked = { request, call: noted.call };
    return told(noted, flavour === 'plain' ? writePlainly(asked, signal) : write(asked, signal), outcomeOf);
  }

  return {
    async probe(ref, signal) {
      await told(began('probe', ref, null), readAt(ref, signal));
      return { canEdit: true, canMark: true, soaSerial: null, skewSeconds: null };
    },
    read: (ref, signal) => told(began('read', ref, null), readAt(ref, signal)),
    replace: written,
    withdrawAaaa: written,
    ...(server.account.zone.sharesMarks && { sharesMark: true }),
    ...(flavour === 'plain' && { requestsPer: { read: 1, write: together === null ? 3 : 2 } }),
    ...(together !== null && { zoneCalls: createZoneCalls(parts, exchange, together) }),
  };
}

function createZoneCalls(
  { server, began, epochOf }: ClientParts,
  exchange: ProviderExchange,
  mostWrites: number,
): ZoneCalls {
  /** What became of each, in order, null = it was not wanted any more right before the batch; never rejects. */
  async function writeAll(
    asked: readonly Asked[],
    signal: AbortSignal,
    isWanted: (request: WriteRequest) => boolean,
  ): Promise<readonly Answer<Replaced | null>[]> {
    const refs = asked.map(({ request }) => request.ref);
    const views = await answered(exchange.read(refs, signal));
    if ('error' in views) return asked.map(() => views);
    const same = asked.filter(({ request }, index) => sameView(views.ok[index] as RecordView, request.expected)); // one view each
    for (const { call } of asked.filter((one) => !same.includes(one))) server.reject(call);
    const going = same.flatMap((one) =>
      isWanted(one.request) ? [{ ...one, knownEpoch: epochOf(one.call.poolId) }] : [],
    );
    const results = going.length === 0 ? { ok: [] } : await answered(exchange.write(going, signal));
    return asked.map((one) => {
      const place = going.findIndex(({ call }) => call === one.call);
      if (place < 0) return same.includes(one) ? { ok: null } : { error: new AppError('dns_rrset_drifted') };
      return 'error' in results ? results : (results.ok[place] as Answer<Replaced>); // one answer each
    });
  }

  return {
    mostWrites,
    async read(refs, signal) {
      const noted = refs.map((ref) => began('read', ref, null));
      const views = await answered(exchange.read(refs, signal));
      return Promise.allSettled(
        noted.map((one, index) => told(one, entry('error' in views ? views : { ok: views.ok[index] as RecordView }))), // one view each
      );
    },
    async write(requests, signal, { isWanted = () => true } = {}) {
      const noted = requests.map((request) => ({ request, ...began('replace', request.ref, request) }));
      const answers = await writeAll(noted, signal, isWanted);
      return Promise.allSettled(
        noted.map((one, index) => told(one, entry(answers[index] as Answer<Replaced | null>), outcomeOf)), // one answer each
      );
    },
  };
}

/** Of what was not wanted any more nothing was sent. */
const outcomeOf = (replaced: Replaced | null): DnsOutcome => {
  if (replaced === null) return 'unsent';
  return replaced.outcome === 'already' ? 'already' : 'ok';
};

const entry = async <T>(answer: Answer<T>): Promise<T> => unwrap(answer);

/** An exchange fails in the catalogue's words only. */
function answered<T>(exchange: Promise<T>): Promise<Answer<T>> {
  return exchange.then(
    (ok) => ({ ok }),
    (error: AppError) => ({ error }),
  );
}

function unwrap<T>(answer: Answer<T>): T {
  if ('ok' in answer) return answer.ok;
  throw answer.error;
}

function only<T>(answers: readonly T[]): T {
  const [answer] = answers;
  if (answer === undefined) throw new Error('a call of one came back empty');
  return answer;
}

async function told<T>(
  { ended }: Began,
  doing: Promise<T>,
  outcomeOfCall: (result: T) => DnsOutcome = () => 'ok',
): Promise<T> {
  try {
    const result = await doing;
    ended(outcomeOfCall(result));
    return result;
  } catch (error) {
    ended(`error:${error instanceof AppError ? error.code : String(error)}`);
    throw error;
  }
}
