import { AppError } from '@serverctl/core';
import type { Clock } from '../platform/clock.ts';

/*
 * Names of one zone that call their provider at the same time travel together where the provider can carry them: one call for all (R22).
 *
 *   boarding    until there is a place in the budget; whoever comes meanwhile comes along
 *   ready       each seat looks once more whether it still wants to go (R15–R17), and says what it asks for or leaves
 *   under way   one call, sent when all have said so, at the latest 100 ms after the first; who comes later has missed it, and who knows by
 *               then that it is not wanted any more is left out. A call may be several requests: each name is told what came of it as soon
 *               as that is known, and is asked again before another request carries it
 *
 * A trip of one seat is a call like any other.
 */

/** How trips of one kind are made. `Fare` is what a seat brings, `Ticket` what a place comes with. */
export interface TripPlan<Fare, Ticket, Asked, Got> {
  readonly clock: Clock;
  /** How many seats there are, asked whenever somebody comes. `placedFor` = for so many aboard a place was asked for already. */
  mostSeats(placedFor: number | null): number;
  /** Resolves when others have had the time to board, at once when it is over: nobody waits for it any more, or it is full. */
  gather(isOver: AbortSignal): Promise<void>;
  /** A place in the budget; null = none. `fares` are of those aboard when it is called. */
  place(fares: () => readonly Fare[], isOver: AbortSignal): Promise<Ticket | null>;
  /** Right before each request: false = it is not sent, as if all were too late (R15). */
  mayGo(): boolean;
  /** Settles each passenger; never rejects. */
  call(passengers: readonly Passenger<Asked, Got>[], ticket: Ticket, isOver: AbortSignal): Promise<void>;
  /** The trip is over, whether it left or not. */
  done?(ticket: Ticket): void;
}

/** One name in a call. */
export interface Passenger<Asked, Got> {
  readonly asked: Asked;
  /** Right before a request that would carry it again: false = it left, is not wanted any more, or nobody may go (R15, R16). */
  isWanted(): boolean;
  /** What came of it, or null = nothing was written of it, beyond doubt. The first time counts. */
  settle(outcome: PromiseSettledResult<Got | null>): void;
}

/** One name aboard. */
export interface Seat<Ticket, Asked, Got> {
  /** The ticket when it may send what it asks for; null = it left, or there is no place. */
  readonly boarded: Promise<Ticket | null>;
  /**
   * What comes of it; null = too late, no request left for it, or not wanted any more right before: nothing was sent. Settles as soon as
   * that is known, also when the seat was left.
   */
  send(asked: Asked, isWanted?: () => boolean): Promise<Got | null>;
  /** Does not come along. The call itself is ended when all have left. */
  leave(): void;
}

const latestMs = 100;

interface Place<Fare, Ticket, Asked, Got> {
  readonly fare: Fare;
  readonly boarded: PromiseWithResolvers<Ticket | null>;
  readonly got: PromiseWithResolvers<Got | null>;
  asked: Asked | null;
  isWanted: () => boolean;
}

export class Trip<Fare, Ticket, Asked, Got> {
  /** Settles when the call is over, or there was none. */
  readonly over: Promise<void>;
  readonly #plan: TripPlan<Fare, Ticket, Asked, Got>;
  readonly #aboard = new Set<Place<Fare, Ticket, Asked, Got>>();
  readonly #abandoned = new AbortController();
  readonly #full = new AbortController();
  readonly #allSaid = Promise.withResolvers<void>();
  #isBoarding = true;
  #placedFor: number | null = null;
  #isSent = false;
  #cancelLatest: (() => void) | null = null;

  constructor(plan: TripPlan<Fare, Ticket, Asked, Got>) {
    this.#plan = plan;
    this.over = this.#travel();
  }

  get isOpen(): boolean {
    if (!this.#isBoarding || this.#abandoned.signal.aborted) return false;
    return this.#aboard.size < this.#plan.mostSeats(this.#placedFor);
  }

  board(fare: Fare): Seat<Ticket, Asked, Got> {
    const place: Place<Fare, Ticket, Asked, Got> = {
      fare,
      boarded: Promise.withResolvers(),
      got: Promise.withResolvers(),
      asked: null,
      isWanted: () => true,
    };
    this.#aboard.add(place);
    if (this.#aboard.size >= this.#plan.mostSeats(this.#placedFor)) this.#full.abort();
    return {
      boarded: place.boarded.promise,
      send: (asked, isWanted = () => true) => this.#send(place, asked, isWanted),
      leave: () => this.#leave(place),
    };
  }

  #send(place: Place<Fare, Ticket, Asked, Got>, asked: Asked, isWanted: () => boolean): Promise<Got | null> {
    if (this.#isSent || !this.#aboard.has(place)) return Promise.resolve(null);
    place.asked = asked;
    place.isWanted = isWanted;
    this.#cancelLatest ??= this.#plan.clock.after(latestMs, () => this.#allSaid.resolve());
    this.#lookWhoIsMissing();
    return place.got.promise;
  }

  #leave(place: Place<Fare, Ticket, Asked, Got>): void {
    if (!this.#aboard.delete(place)) return;
    place.boarded.resolve(null);
    if (!this.#isSent) place.got.resolve(null);
    if (this.#aboard.size === 0) this.#abandoned.abort(new Error('nobody waits for it any more'));
    this.#lookWhoIsMissing();
  }

  #lookWhoIsMissing(): void {
    if (this.#isBoarding) return;
    if ([...this.#aboard].every(({ asked }) => asked !== null)) this.#allSaid.resolve();
  }

  async #travel(): Promise<void> {
    const isOver = this.#abandoned.signal;
    await this.#plan.gather(AbortSignal.any([isOver, this.#full.signal]));
    this.#placedFor = this.#aboard.size;
    const ticket = await this.#place(isOver);
    if (ticket === null) return;
    this.#lookWhoIsMissing();
    await this.#allSaid.promise;
    this.#cancelLatest?.();
    await this.#go([...this.#aboard], ticket, isOver);
    this.#plan.done?.(ticket);
  }

  /** Ends the boarding. A mistake of ours in the budget is told to all aboard: nobody waits for ever. */
  async #place(isOver: AbortSignal): Promise<Ticket | null> {
    const placing = this.#plan.place(() => [...this.#aboard].map(({ fare }) => fare), isOver);
    const [place] = await Promise.allSettled([placing]);
    this.#isBoarding = false;
    for (const { boarded } of this.#aboard) {
      if (place.status === 'fulfilled') boarded.resolve(place.value);
      else boarded.reject(place.reason);
    }
    return place.status === 'fulfilled' ? place.value : null;
  }

  /** Those that left after they had said what they ask for are not asked for. */
  async #go(aboard: readonly Place<Fare, Ticket, Asked, Got>[], ticket: Ticket, isOver: AbortSignal): Promise<void> {
    this.#isSent = true;
    const going = aboard.flatMap((place) => {
      const passenger = place.asked === null ? null : this.#passenger(place, place.asked);
      if (passenger?.isWanted()) return [passenger];
      place.got.resolve(null);
      return [];
    });
    if (going.length === 0) return;
    await this.#plan.call(going, ticket, isOver);
    const reason = new AppError('internal', { because: 'a call of many came back without it' });
    for (const { settle } of going) settle({ status: 'rejected', reason });
  }

  #passenger(place: Place<Fare, Ticket, Asked, Got>, asked: Asked): Passenger<Asked, Got> {
    return {
      asked,
      isWanted: () => this.#aboard.has(place) && this.#plan.mayGo() && place.isWanted(),
      settle(outcome) {
        if (outcome.status === 'fulfilled') place.got.resolve(outcome.value);
        else place.got.reject(outcome.reason);
      },
    };
  }
}
