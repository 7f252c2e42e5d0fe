import type { AppError } from '@serverctl/core';
import { answerWords } from './answer-sheet.ts';
import type { NameNotices } from './name-notices.ts';
import type { DesiredRecord, PublicationState, PublicationUpdate, ServerAnswer } from './ports.ts';
import type { Recorder } from './recorder.ts';

/**
 * What is stored and told about one name: each state once in a term of the lease, trouble and its end where they are turns (PRODUCT.md
 * section 9, transitions-name.ts). Stored at once, told when it is known what was told before.
 */
export interface PublicationLog {
  /** A term begins: what is stored may be what another loop found meanwhile. */
  termBegins(): void;
  publishing(wish: DesiredRecord): void;
  acknowledged(wish: DesiredRecord, write: AcknowledgedWrite): void;
  /** What the verifier found, in the order found. Resolves as the recorder's promise does. */
  verified(update: PublicationUpdate): Promise<number>;
  troubled(wish: DesiredRecord, state: 'blocked' | 'unknown-outcome', error: AppError): void;
  /** Blocked because the pool was paused: that was told where it was done, so here its end only is told. */
  paused(wish: DesiredRecord, error: AppError): void;
  /** The record is another than wished and is left so (R13, R21); `because` says why, in whole sentences. */
  drifted(wish: DesiredRecord, because: string): void;
  /** Read back as wished: ends whatever trouble was told. */
  settled(wish: DesiredRecord): void;
}

type Trouble = Extract<PublicationState, 'blocked' | 'unknown-outcome' | 'drift'>;

/** What is known of a write besides what it wrote. */
export interface AcknowledgedWrite {
  /** It undid a change by somebody else. */
  readonly repaired: boolean;
  /** TTL of the record that it replaced; null = clients saw none, or nobody knows. */
  readonly previousTtlSeconds: number | null;
  /** The same, of the first record under this epoch that answered something else; null = none did, or nobody knows. */
  readonly oldAnswerTtlSeconds: number | null;
}

export function createPublicationLog(recorder: Recorder, notices: NameNotices): PublicationLog {
  let stored = '';
  /** What stands in the way now. */
  let inTheWay: Trouble | null = null;
  let verified: {
    readonly epoch: number;
    readonly state: PublicationState;
    readonly servers: readonly ServerAnswer[];
  } | null = null;
  let troubleError: PublicationUpdate['error'] = null;

  async function store(update: PublicationUpdate): Promise<number> {
    const key = `${update.state} ${update.epoch} ${update.error?.code}`;
    if (update.step === null && key === stored && update.servers.length === 0) return 0;
    stored = key;
    return recorder.record(update);
  }

  function tellTrouble(wish: DesiredRecord, kind: Trouble, text: string): void {
    inTheWay = kind;
    notices.tellTurn(wish, `dns.${kind}`, text);
  }

  function recovered(wish: DesiredRecord): void {
    inTheWay = null;
    notices.tellTurn(wish, 'dns.recovered', `holds ${answerWords(wish)} again as it should.`);
  }

  return {
    termBegins() {
      stored = '';
    },
    publishing: (wish) => void store(updateOf(wish, 'publishing')),
    acknowledged(wish, write) {
      verified = null;
      store({ ...updateOf(wish, 'verifying'), address: wish.address, step: 'acknowledged', ...write });
      if (write.repaired) {
        notices.tell(wish, 'dns.repaired', `was changed by somebody else; ${answerWords(wish)} is written again.`);
      }
      notices.tell(wish, 'dns.published', `the provider acknowledged ${answerWords(wish)} (epoch ${wish.epoch}).`);
      recovered(wish);
    },
    verified(update) {
      verified = update;
      // What the servers answered of an earlier write must not cover what stands in the way now, nor be shown for what they answer now.
      return store(inTheWay === null ? update : { ...update, state: inTheWay, error: troubleError, servers: [] });
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
      notices.toldElsewhere(wish, 'dns.recovered');
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
