import type { AppError, EventKind } from '@serverctl/core';
import type { DesiredRecord, Notifier, PublicationState, PublicationUpdate, ServerAnswer, Severity } from './ports.ts';
import type { Recorder } from './recorder.ts';

/**
 * What is stored and told about one name: each state once, each kind of trouble once until the record is as wished again, and that then
 * (PRODUCT.md section 9). Kinds that alternate, as a provider that refuses now and then beside a foreign mark, are no news.
 */
export interface PublicationLog {
  publishing(wish: DesiredRecord): void;
  /** `repaired`: the write undid a change by somebody else. */
  acknowledged(wish: DesiredRecord, repaired: boolean): void;
  /** What the verifier found, in the order found. */
  verified(update: PublicationUpdate): void;
  troubled(wish: DesiredRecord, state: 'blocked' | 'unknown-outcome', error: AppError): void;
  /** Blocked because the pool was paused: that was told where it was done, so here it counts as nothing told. */
  paused(wish: DesiredRecord, error: AppError): void;
  /** The record is another than wished and is left so (R13, R21); `because` says why, in whole sentences. */
  drifted(wish: DesiredRecord, because: string): void;
  /** Read back as wished: ends whatever trouble was told. */
  settled(wish: DesiredRecord): void;
}

type Trouble = Extract<PublicationState, 'blocked' | 'unknown-outcome' | 'drift'>;

export function createPublicationLog(recorder: Recorder, notifier: Notifier): PublicationLog {
  let stored = '';
  /** What stands in the way now. */
  let inTheWay: Trouble | null = null;
  /** Since the record was as wished. */
  const told = new Set<Trouble>();
  let verified: {
    readonly epoch: number;
    readonly state: PublicationState;
    readonly servers: readonly ServerAnswer[];
  } | null = null;
  let troubleError: PublicationUpdate['error'] = null;

  function store(update: PublicationUpdate): void {
    const key = `${update.state} ${update.epoch} ${update.error?.code}`;
    if (update.step === null && key === stored && update.servers.length === 0) return;
    stored = key;
    recorder.record(update);
  }

  function tell(wish: DesiredRecord, kind: EventKind, severity: Severity, text: string): void {
    const { name, poolId, id } = wish.binding;
    const details = { bindingId: id, name, epoch: wish.epoch, address: wish.address };
    notifier.notify({ kind, severity, poolId, memberId: null, sentence: `${name}: ${text}`, details });
  }

  function tellTrouble(wish: DesiredRecord, kind: Trouble, text: string): void {
    inTheWay = kind;
    if (told.has(kind)) return;
    told.add(kind);
    tell(wish, `dns.${kind}`, kind === 'unknown-outcome' ? 'warning' : 'critical', text);
  }

  function recovered(wish: DesiredRecord): void {
    if (inTheWay === null) return;
    inTheWay = null;
    told.clear();
    tell(wish, 'dns.recovered', 'info', `holds ${wish.address} again as it should.`);
  }

  return {
    publishing: (wish) => store(updateOf(wish, 'publishing')),
    acknowledged(wish, repaired) {
      verified = null;
      store({ ...updateOf(wish, 'verifying'), address: wish.address, step: 'acknowledged', repaired });
      if (repaired) {
        const sentence = `was changed by somebody else; ${wish.address} is written again.`;
        tell(wish, 'dns.repaired', 'warning', sentence);
      }
      tell(wish, 'dns.published', 'info', `the provider acknowledged ${wish.address} (epoch ${wish.epoch}).`);
      recovered(wish);
    },
    verified(update) {
      verified = update;
      // What the servers answered of an earlier write must not cover what stands in the way now.
      store(inTheWay === null ? update : { ...update, state: inTheWay, error: troubleError });
    },
    troubled(wish, state, error) {
      troubleError = inWords(error);
      store({ ...updateOf(wish, state), error: troubleError });
      tellTrouble(wish, state, `${error.message} ${error.remedy}`);
    },
    paused(wish, error) {
      troubleError = inWords(error);
      store({ ...updateOf(wish, 'blocked'), error: troubleError });
      inTheWay = 'blocked';
    },
    drifted(wish, because) {
      troubleError = null;
      store(updateOf(wish, 'drift'));
      tellTrouble(wish, 'drift', because);
    },
    settled(wish) {
      const { state, servers } =
        verified?.epoch === wish.epoch ? verified : { state: 'verifying' as const, servers: [] };
      if (inTheWay !== null) store({ ...updateOf(wish, state), address: wish.address, servers });
      recovered(wish);
    },
  };
}

function inWords({ code, message, remedy }: AppError): NonNullable<PublicationUpdate['error']> {
  return { code, message, remedy };
}

function updateOf(wish: DesiredRecord, state: PublicationState): PublicationUpdate {
  return {
    bindingId: wish.binding.id,
    state,
    epoch: wish.epoch,
    address: null,
    error: null,
    servers: [],
    step: null,
  };
}
