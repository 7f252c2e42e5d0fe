import type { Notice, WorkerLog } from './ports.ts';
import type { QueuedNotice } from './queued-notice.ts';

/*
 * The notifier's way past the database, for what is critical: begun once for a notice, and over when the notice is stored. An answer that
 * came before is stored with it; one that comes after is noted beside what is stored, so that the channel is not told again from there.
 */

/** One notice on its way past the database. */
export interface Telling {
  /** Before each attempt; false = it is stored meanwhile, and this way ends. */
  begins(channelId: string): boolean;
  /** After each; null = it was not taken. */
  ended(channelId: string, answer: string | null): void;
}

/** To the channels past the database. */
export interface DirectWay {
  /** Begins to tell those that hear of it. Never throws, never waits. */
  tell(told: { readonly notice: Notice; readonly noticeId: string; readonly at: Date }, telling: Telling): void;
}

export interface ToldLog {
  /** Keeps that this channel was told directly of a notice that is stored. */
  noteTold(noticeId: string, channelId: string, answer: string): Promise<unknown>;
}

export interface DirectTellingPorts {
  readonly log: WorkerLog;
  readonly events: ToldLog;
  readonly direct: DirectWay;
}

export interface DirectTelling {
  /** Begins it where it is due: critical, not stored, not begun. */
  begin(queued: QueuedNotice): void;
  /** It was just stored: some channels may have answered after their rows were made. */
  stored(queued: QueuedNotice): void;
}

export function createDirectTelling({ log, events, direct }: DirectTellingPorts): DirectTelling {
  function noteTold({ noticeId }: QueuedNotice, channelId: string, answer: string): void {
    events.noteTold(noticeId, channelId, answer).catch((error: unknown) => {
      log.warn({ err: error, channel: channelId }, 'That a channel was told could not be kept; it is told again.');
    });
  }

  function tellingOf(queued: QueuedNotice): Telling {
    return {
      begins(channelId) {
        if (!queued.isStored) queued.underWay.add(channelId);
        return !queued.isStored;
      },
      ended(channelId, answer) {
        queued.underWay.delete(channelId);
        if (answer === null) return;
        queued.told.set(channelId, answer);
        if (queued.isStored) noteTold(queued, channelId, answer);
      },
    };
  }

  return {
    begin(queued) {
      if (queued.isStored || queued.isDirect || queued.notice.severity !== 'critical') return;
      queued.isDirect = true;
      direct.tell(queued, tellingOf(queued));
    },
    stored(queued) {
      queued.isStored = true;
      for (const [channelId, answer] of queued.told) noteTold(queued, channelId, answer);
    },
  };
}
