import type { Observer } from '../observer.ts';

type Hook = keyof Observer;

const hooks: Readonly<Record<Hook, true>> = {
  onBegin: true,
  onEvent: true,
  onFault: true,
  onBeatSent: true,
  onBeatHeard: true,
  onLease: true,
  onPromotion: true,
  onHeld: true,
  onPaused: true,
  onDecision: true,
  onStatuses: true,
  onPublication: true,
  onNotice: true,
  onDnsCallStarted: true,
  onDnsCallEnded: true,
  onWriteApplied: true,
  onWriteRejected: true,
  onRecordChanged: true,
  onOperator: true,
  onEnrolled: true,
  onQuarantined: true,
  onReplica: true,
  onRestored: true,
  onLog: true,
  onHealed: true,
  onEnd: true,
};

/** All as one, in their order; a hook that nobody implements is left out and costs nothing. */
export function combineObservers(observers: readonly Observer[]): Observer {
  const combined: Partial<Record<Hook, (...args: unknown[]) => void>> = {};
  for (const hook of Object.keys(hooks) as Hook[]) {
    const calls = observers.flatMap((observer) => {
      const call = observer[hook] as ((...args: unknown[]) => void) | undefined;
      return call === undefined ? [] : [call.bind(observer)];
    });
    const [only] = calls;
    if (calls.length === 1 && only !== undefined) combined[hook] = only;
    else if (calls.length > 1)
      combined[hook] = (...args) => {
        for (const call of calls) call(...args);
      };
  }
  return combined as Observer;
}
