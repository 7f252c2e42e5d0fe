import type { DnsProvider, Instant, RecordView, Replaced, ReplaceRequest } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';
import type { CallBudget, KeptCall, Urgency } from './budget.ts';
import { usualLeaseTimes } from './lease-times.ts';
import type { Binding, DnsProviders } from './ports.ts';
import { refOf } from './publication-step.ts';
import { withinLimit } from './time-limit.ts';

/** How one name's calls reach its provider: opened with its credential, within the budget (R22), limited in time (R15). */
export interface ProviderCalls {
  /** Begins to open the credential that the name had last; nobody needs to wait for it. */
  openAhead(credentialId: string | undefined): void;
  open(credentialId: string): Promise<DnsProvider>;
  /** The places in the budget of one pass: nothing is waited for before it is asked. */
  places(credentialId: string, signal: AbortSignal): Places;
  /** There is news: a calm read that still waits for its slot is given up. */
  giveWay(): void;
  read(provider: DnsProvider, binding: Binding, signal: AbortSignal): Promise<RecordView>;
  replace(provider: DnsProvider, request: ReplaceRequest, signal: AbortSignal): Promise<Replaced>;
}

/** Each waits until its call may be sent; false = do not send it. A failover keeps its place, a calm read gives way to news. */
export interface Places {
  /** A failover's read holds a place for the write after it, so that what was read does not grow old in a queue. */
  forRead(urgency: Urgency): Promise<boolean>;
  /** A place for the write alone: what it is written on is known already. Taken before it is looked at, since it may be waited for. */
  forWriteAlone(): Promise<boolean>;
  /** Not after `until`, when what was read is too old. A place that comes too late is not used up. */
  forWrite(until: Instant): Promise<boolean>;
  /** Whatever is held and was not used is free again. */
  leave(): void;
}

export interface ProviderCallsPorts {
  readonly clock: Clock;
  readonly providers: DnsProviders;
  readonly budget: CallBudget;
  /** The time between the lease's self-stop and a successor's start, less the sleep that nobody notices and the margin; default 4 s. */
  readonly callLimitMs?: number;
}

export function createProviderCalls(ports: ProviderCallsPorts): ProviderCalls {
  const { clock, providers, budget, callLimitMs = usualLeaseTimes.callLimitMs } = ports;
  let ahead: { readonly credentialId: string; readonly provider: Promise<DnsProvider> } | null = null;
  let stopWaiting: (() => void) | null = null;

  async function enterCalmly(credentialId: string, signal: AbortSignal): Promise<boolean> {
    const given = new AbortController();
    const giveUp = () => given.abort();
    signal.addEventListener('abort', giveUp, { once: true });
    stopWaiting = giveUp;
    try {
      return await budget.enter(credentialId, 'background', given.signal);
    } finally {
      stopWaiting = null;
      signal.removeEventListener('abort', giveUp);
    }
  }

  return {
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
    places(credentialId, signal) {
      let held: KeptCall | null = null;
      async function forWriteAlone(): Promise<boolean> {
        held ??= await budget.enterKept(credentialId, signal);
        return held !== null;
      }
      return {
        forWriteAlone,
        async forRead(urgency) {
          if (urgency === 'background') return enterCalmly(credentialId, signal);
          held?.release();
          held = await budget.enterTwice(credentialId, signal);
          return held !== null;
        },
        async forWrite(until) {
          await forWriteAlone();
          return held?.use(signal, until) ?? false;
        },
        leave: () => held?.release(),
      };
    },
    giveWay: () => stopWaiting?.(),
    read: (provider, binding, signal) =>
      withinLimit(clock, callLimitMs, (limit) => provider.read(refOf(binding), limit), signal),
    replace: (provider, request, signal) =>
      withinLimit(clock, callLimitMs, (limit) => provider.replace(request, limit), signal),
  };
}
