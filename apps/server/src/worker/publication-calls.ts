import type { DnsProvider, Instant, RecordView, Replaced, WriteRequest } from '@serverctl/core';
import type { Urgency } from './budget-shares.ts';
import type { Binding, DnsProviders } from './ports.ts';
import { refOf } from './publication-step.ts';
import type { SharedPlace } from './shared-place.ts';
import type { ZoneDesk } from './zone-desk.ts';
import type { KeepSeat, ReadSeat, WriteSeat, ZoneLines } from './zone-lines.ts';

/** How one name's calls reach its provider: opened with its credential, within the budget (R22), limited in time (R15). */
export interface ProviderCalls {
  /** Begins to open the credential that the name had last; nobody needs to wait for it. */
  openAhead(credentialId: string | undefined): void;
  /** A pass begins. `isUrgent` = as far as is known before its wish is read; it is announced then. */
  begins(binding: Binding | undefined, isUrgent: boolean): void;
  /**
   * What is urgent is about to be asked: others of the zone that are there first wait a moment. Ends when it boards, or with `staysAway`.
   * While a pass has boarded, or waits for something else, only the next one can come: it is announced at the begin of that one.
   */
  announce(binding: Binding | undefined): void;
  /** It does not board, or waits for something else first. */
  staysAway(): void;
  /** The pass is over. */
  ends(isFollowed: boolean): void;
  open(credentialId: string): Promise<DnsProvider>;
  /** One pass: nothing is waited for before it is asked. */
  pass(provider: DnsProvider, binding: Binding, signal: AbortSignal): ProviderPass;
  /** There is news: a calm read is given up, also when it is under way; what it brings is not looked at. */
  giveWay(): void;
}

/**
 * The calls of one pass. Each waits first until it may be sent; false = do not send it. A failover keeps its place, a calm read gives way
 * to news, before it is sent and after. What is null was too late to be sent, or is not waited for any more.
 */
export interface ProviderPass {
  /** A failover's read holds a place for the write after it, so that what was read does not grow old in a queue. */
  forRead(urgency: Urgency): Promise<boolean>;
  read(): Promise<RecordView | null>;
  /** A place for the write alone: what it is written on is known already. Taken before it is looked at, since it may be waited for. */
  forWriteAlone(): Promise<boolean>;
  /** Not after `until`, when what was read is too old. A place that comes too late is not used up. */
  forWrite(until: Instant): Promise<boolean>;
  /** `isWanted` is asked right before the call, which may wait a moment for others of its zone (R16). */
  write(request: WriteRequest, isWanted: () => boolean): Promise<Replaced | null>;
  /** Whatever is held and was not used is free again. */
  leave(): void;
}

export interface ProviderCallsPorts {
  readonly providers: DnsProviders;
  readonly zones: ZoneDesk;
}

export function createProviderCalls({ providers, zones }: ProviderCallsPorts): ProviderCalls {
  let ahead: { readonly credentialId: string; readonly provider: Promise<DnsProvider> } | null = null;
  let calm: (() => void) | null = null;
  let withdraw: (() => void) | null = null;
  /** The present pass has boarded, or waits for something else: what is announced now is the next one. */
  let isTurned = false;
  let comesNext = false;

  function notComing(): void {
    withdraw?.();
    withdraw = null;
  }

  function staysAway(): void {
    isTurned = true;
    notComing();
  }

  function announce(binding: Binding | undefined): void {
    comesNext = isTurned;
    if (isTurned) return;
    const before = withdraw;
    withdraw = binding === undefined ? null : zones.announce(binding);
    before?.(); // not sooner: in between nobody would be on the way
  }

  return {
    begins(binding, isUrgent) {
      isTurned = false;
      if (isUrgent || comesNext) announce(binding);
    },
    announce,
    staysAway,
    ends(isFollowed) {
      isTurned = false;
      if (!isFollowed) notComing();
    },
    openAhead(credentialId) {
      if (credentialId === undefined) return;
      ahead = { credentialId, provider: providers.forCredential(credentialId) };
      ahead.provider.catch(() => undefined); // told by whoever waits for it; a pass that needs no provider does not
    },
    open(credentialId) {
      const opened = ahead?.credentialId === credentialId ? ahead.provider : providers.forCredential(credentialId);
      ahead = null;
      return opened;
    },
    pass: (provider, binding, signal) =>
      createPass(zones.linesOf(provider, binding), binding, signal, {
        boards: staysAway,
        readsCalmly(giveUp) {
          calm = giveUp;
        },
      }),
    giveWay: () => calm?.(),
  };
}

/** What a pass tells of itself. */
interface PassNews {
  /** It has a seat, so it is not on its way any more. */
  readonly boards: () => void;
  /** Null = no more. */
  readonly readsCalmly: (giveUp: (() => void) | null) => void;
}

function createPass(
  lines: ZoneLines,
  binding: Binding,
  signal: AbortSignal,
  { boards, readsCalmly }: PassNews,
): ProviderPass {
  let held: SharedPlace | null = null;
  let reading: ReadSeat | null = null;
  let writing: WriteSeat | null = null;
  let keeping: KeepSeat | null = null;
  const givenUp = Promise.withResolvers<null>();

  function giveUp(): void {
    givenUp.resolve(null);
    reading?.leave();
  }

  function leave(): void {
    for (const seat of [reading, keeping, writing]) seat?.leave();
    held?.letGo();
    held = null;
    signal.removeEventListener('abort', leave);
    readsCalmly(null);
  }
  signal.addEventListener('abort', leave, { once: true });

  return {
    leave,
    async forRead(urgency) {
      if (signal.aborted) return false;
      held?.letGo();
      held = null;
      reading = lines.read(urgency);
      boards();
      if (urgency === 'background') readsCalmly(giveUp);
      const ticket = await reading.boarded;
      held = ticket?.shared?.hold() ?? null;
      return ticket !== null;
    },
    async read() {
      if (reading === null) return null;
      const view = await Promise.race([givenUp.promise, reading.send(refOf(binding))]);
      readsCalmly(null);
      return view;
    },
    async forWriteAlone() {
      if (held !== null) return true;
      if (signal.aborted) return false;
      keeping = lines.keep();
      boards();
      const ticket = await keeping.boarded;
      held = ticket?.shared?.hold() ?? null;
      keeping.leave();
      return ticket !== null;
    },
    async forWrite(until) {
      if (signal.aborted) return false;
      writing = lines.write({ held, until });
      return (await writing.boarded) !== null;
    },
    write: async (request, isWanted) => writing?.send(request, isWanted) ?? null,
  };
}
