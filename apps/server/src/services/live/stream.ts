import type { EventView, LiveBye, LivePlane, LiveStrips } from '@serverctl/contract';
import { type Access, type Instant, poolsWith, secondMs } from '@serverctl/core';
import type { Clock } from '../../platform/clock.ts';
import type { Principal } from '../accounts/principal.ts';
import { eventFilter, type Resumed } from './event-tail.ts';
import { framed, messageText, reconnectText } from './message.ts';
import type { MinuteRead } from './minute.ts';
import { beatsById, type Picture, type PoolPicture } from './picture.ts';

/*
 * One reader. It pulls: what is due is reckoned from what it was sent last and what there is now, at the moment in which its socket takes more,
 * so nothing is queued for a slow one, and states between are never made.
 *
 *   joining ──resumed, and a picture is there──→ live ──bye──→ over
 *
 * It was proven when it began, and is proven again every two seconds; whoever could not be proven for five (the database is away) is told of
 * the plane alone. In `over` nothing is sent any more.
 */

export type End = LiveBye['because'];

/** What all streams are told from. */
export interface Shown {
  readonly picture: () => Picture | null;
  readonly plane: () => LivePlane | null;
  readonly minute: () => MinuteRead | null;
  /** Those after this number that belong to the picture, oldest first; null = so many that they are no longer held. */
  readonly eventsAfter: (seq: number) => readonly EventView[] | null;
}

export interface StreamOptions {
  readonly clock: Clock;
  readonly principal: Principal;
  /** Null = proven no more. Rejects when nobody can tell now. */
  readonly prove: () => Promise<Principal | null>;
  readonly shown: Shown;
}

const proofEveryMs = 2 * secondMs;
const proofHoldsMs = 5 * secondMs;
/** A reader that takes nothing for so long is cut; one that is to be told that it is over, sooner. */
const slowestMs = 30 * secondMs;
const slowestByeMs = secondMs;

const sentences: Readonly<Record<End, string>> = {
  'session-ended': 'The session or token that this stream began with has ended. Sign in again.',
  'permission-denied': 'No pool may be read any more by whoever began this stream.',
  'too-slow': 'This stream was read too slowly to be told everything. Connect again; it goes on from the last event.',
  'server-stops': 'The server stops. Connect again; it goes on from the last event.',
};

export class LiveStream {
  readonly #clock: Clock;
  readonly #prove: StreamOptions['prove'];
  readonly #shown: Shown;
  readonly #cut = new AbortController();
  readonly #versions = new Map<string, number>();
  #access: Access;
  #readable: 'all' | ReadonlySet<string>;
  #maySee: (event: EventView) => boolean;
  #provenAtMs: Instant;
  #resumed: Resumed | null = null;
  #isLive = false;
  #turn = 0;
  #plane: LivePlane | null = null;
  #events = 0;
  #end: End | null = null;
  #isOver = false;
  /** Since when the reader has not come back for more; null = it waits for news. */
  #takenAtMs: Instant | null = null;
  #news = Promise.withResolvers<void>();

  constructor({ clock, principal, prove, shown }: StreamOptions) {
    this.#clock = clock;
    this.#prove = prove;
    this.#shown = shown;
    this.#access = principal.access;
    this.#readable = poolsWith(principal.access, 'pool:read');
    this.#maySee = eventFilter(principal.access);
    this.#provenAtMs = clock.now();
  }

  /** Aborts when the connection is to be cut without another word: its reader takes nothing. */
  get cut(): AbortSignal {
    return this.#cut.signal;
  }

  get access(): Access {
    return this.#access;
  }

  /** What goes out, as it is taken; ends when the stream is over. */
  async *chunks(): AsyncGenerator<Buffer> {
    yield Buffer.from(reconnectText);
    while (!this.#isOver) {
      const news = this.#news.promise;
      const text = this.#take();
      if (text === '') await news;
      else {
        this.#takenAtMs = this.#clock.now();
        yield Buffer.from(text);
        this.#takenAtMs = null;
      }
    }
  }

  /** From here on it is told of pools and events. */
  resume(resumed: Resumed): void {
    this.#resumed = resumed;
    this.#events = resumed.upTo;
    this.wake();
  }

  /** There may be something new to tell. */
  wake(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers<void>();
  }

  /** Says why, and is over. The first reason counts. */
  end(because: End): void {
    this.#end ??= because;
    this.wake();
  }

  /** Its reader is gone. */
  leave(): void {
    this.#isOver = true;
    this.wake();
  }

  /** To be called about once a second. */
  cutIfSlow(): void {
    const slowest = this.#end === null ? slowestMs : slowestByeMs;
    if (this.#takenAtMs !== null && this.#clock.now() - this.#takenAtMs > slowest) this.#cut.abort();
  }

  /** To be called about once a second, in turn: proves again who reads. Never rejects. */
  async proveAgain(): Promise<void> {
    const askedAtMs = this.#clock.now();
    if (this.#end !== null || askedAtMs - this.#provenAtMs < proofEveryMs) return;
    try {
      this.#accept(await this.#prove(), askedAtMs);
    } catch {
      // Nobody can tell now: it is told nothing but of the plane once its last proof is old.
    }
  }

  #accept(principal: Principal | null, askedAtMs: Instant): void {
    if (principal === null) return void this.end('session-ended');
    const readable = poolsWith(principal.access, 'pool:read');
    if (readable !== 'all' && readable.size === 0) return void this.end('permission-denied');
    this.#access = principal.access;
    this.#readable = readable;
    this.#maySee = eventFilter(principal.access);
    this.#provenAtMs = askedAtMs;
  }

  /** What the reader is to be told now; empty = nothing. */
  #take(): string {
    if (this.#end !== null) {
      this.#isOver = true;
      const at = this.#clock.wallTime().toISOString();
      return messageText('bye', { at, because: this.#end, sentence: sentences[this.#end] });
    }
    const isProven = this.#clock.now() - this.#provenAtMs <= proofHoldsMs;
    return (isProven ? this.#pools() + this.#newEvents() : '') + this.#newPlane();
  }

  #pools(): string {
    const picture = this.#shown.picture();
    const resumed = this.#resumed;
    if (picture === null || resumed === null || picture.turn === this.#turn) return '';
    const visible = this.#visible(picture);
    const followsLast = picture.turn === this.#turn + 1;
    this.#turn = picture.turn;
    if (this.#isLive) return this.#changes(picture, visible) + beatsText(picture, visible, followsLast);
    this.#isLive = true;
    for (const { view, version } of visible) this.#versions.set(view.id, version);
    return snapshotText(picture, visible, resumed, this.#shown.minute()) + this.#eventTexts(resumed.missed);
  }

  #visible({ pools }: Picture): readonly PoolPicture[] {
    const readable = this.#readable;
    const all = [...pools.values()];
    return readable === 'all' ? all : all.filter(({ view }) => readable.has(view.id));
  }

  /** From what it was sent to what it may see now: the same for news, for rights that changed, and for a reader that was slow. */
  #changes({ at }: Picture, visible: readonly PoolPicture[]): string {
    let text = '';
    const present = new Set<string>();
    for (const { view, version, viewJson } of visible) {
      present.add(view.id);
      if (this.#versions.get(view.id) === version) continue;
      this.#versions.set(view.id, version);
      text += framed('pool', `{"at":"${at}","pool":${viewJson()}}`);
    }
    for (const poolId of this.#versions.keys()) {
      if (present.has(poolId)) continue;
      this.#versions.delete(poolId);
      text += messageText('gone', { at, poolId });
    }
    return text;
  }

  #newEvents(): string {
    if (!this.#isLive) return '';
    const events = this.#shown.eventsAfter(this.#events);
    if (events === null) {
      this.end('too-slow');
      return '';
    }
    this.#events = events.at(-1)?.seq ?? this.#events;
    return this.#eventTexts(events.filter(this.#maySee));
  }

  #eventTexts(events: readonly EventView[]): string {
    const at = this.#clock.wallTime().toISOString();
    return events.map((event) => messageText('event', { at, event }, event.seq)).join('');
  }

  #newPlane(): string {
    const plane = this.#shown.plane();
    if (plane === null || plane === this.#plane) return '';
    this.#plane = plane;
    return messageText('plane', plane);
  }
}

function snapshotText(
  { at }: Picture,
  visible: readonly PoolPicture[],
  { from, isWhole }: Resumed,
  minute: MinuteRead | null,
): string {
  const pools = visible.map(({ viewJson }) => viewJson()).join(',');
  const strips = minute === null ? 'null' : JSON.stringify(stripsOf(minute, visible));
  return framed('snapshot', `{"at":"${at}","eventsMissed":${!isWhole},"strips":${strips},"pools":[${pools}]}`, from);
}

/** Of those who may be seen. */
function stripsOf({ at, of }: MinuteRead, visible: readonly PoolPicture[]): LiveStrips {
  const members = visible.flatMap(({ view }) => view.status.members);
  const rows = members.flatMap(({ id }) => {
    const row = of(id);
    return row === null ? [] : [[id, row] as const];
  });
  return { at: at.toISOString(), rows: Object.fromEntries(rows) };
}

function beatsText(picture: Picture, visible: readonly PoolPicture[], followsLast: boolean): string {
  const isAll = visible.length === picture.pools.size;
  const beats = isAll && followsLast ? picture.beatsJson() : beatsById(visible, !followsLast);
  return framed('beats', `{"at":"${picture.at}","pools":${beats}}`);
}
