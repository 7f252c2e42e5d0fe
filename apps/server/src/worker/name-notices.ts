import { type EventKind, eventCatalogue } from '@serverctl/core';
import type { DesiredRecord, Notice, Notifier } from './ports.ts';
import type { ToldBefore } from './told-before.ts';

/** What people are told of the names, by their publications and by the verifier. Nobody waits for it. `text` follows the name and a colon. */
export interface NameNotices {
  /** What happened. */
  tell(wish: DesiredRecord, kind: EventKind, text: string): void;
  /** Trouble, or its end: told where it is a turn, once it is known what was told before. */
  tellTurn(wish: DesiredRecord, kind: EventKind, text: string, details?: Notice['details']): void;
  /** Trouble that this kind ends was told where it was found. */
  toldElsewhere(wish: DesiredRecord, end: EventKind): void;
}

export function createNameNotices(toldBefore: Pick<ToldBefore, 'whenKnown'>, notifier: Notifier): NameNotices {
  return {
    tell: (wish, kind, text) => notifier.notify(noticeOf(wish, kind, text)),
    tellTurn(wish, kind, text, details) {
      const notice = noticeOf(wish, kind, text, details);
      const turn = { bindingId: wish.binding.id, kind, epoch: wish.epoch };
      toldBefore.whenKnown(({ ofNames }) => ofNames.turn(turn, () => notifier.notify(notice)));
    },
    toldElsewhere: ({ binding }, end) => toldBefore.whenKnown(({ ofNames }) => ofNames.toldElsewhere(binding.id, end)),
  };
}

function noticeOf(wish: DesiredRecord, kind: EventKind, text: string, details: Notice['details'] = {}): Notice {
  const { address, epoch } = wish;
  const { id: bindingId, name, type, poolId } = wish.binding;
  const named = type === 'A' ? name : `${name} (${type})`; // the A goes without saying, as everywhere
  const about = { poolId, memberId: null, details: { bindingId, name, epoch, address, ...details } };
  return { kind, severity: eventCatalogue[kind].severity, sentence: `${named}: ${text}`, ...about };
}
