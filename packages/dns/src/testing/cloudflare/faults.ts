/** A reply before it is sent. */
export interface Prepared {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/**
 * What goes wrong with a request that is otherwise in order:
 * `before` answers so and has done nothing; `after` does it and answers so; `silence` never answers, having done it or not; `close` ends the
 * connection, having done it or not; `delay` does and answers once the promise is kept, or so much later by the emulator's `sleep`, also
 * when the client has left; `late` does it so long after the client has left, and never if it does not leave; `drift` lets somebody else
 * change the zone first; `alter` changes the true reply; `lock-out` answers 429, and so to everything for so long. A batch is met as any request.
 */
export type Fault =
  | { readonly kind: 'before' | 'after'; readonly reply: Partial<Prepared> }
  | { readonly kind: 'silence' | 'close'; readonly applied: boolean }
  | { readonly kind: 'delay'; readonly until: () => Promise<unknown> }
  | { readonly kind: 'delay' | 'late'; readonly ms: number }
  | { readonly kind: 'lock-out'; readonly seconds: number }
  | { readonly kind: 'drift'; readonly change: () => void | Promise<void> }
  | { readonly kind: 'alter'; readonly change: (reply: Prepared) => void };

/** Which requests a fault meets; all when left out. */
export interface FaultPlan {
  readonly methods?: readonly string[];
  /** Matched against the path behind the API's prefix, with its query. */
  readonly path?: RegExp;
  /** How many requests pass before it meets one, default 0. */
  readonly skip?: number;
  /** How many requests it meets, default 1; Infinity = until it is lifted. */
  readonly times?: number;
  /** Told of each request that it meets. */
  readonly onMet?: () => void;
}

interface Entry {
  readonly fault: Fault;
  readonly plan: FaultPlan;
  skipped: number;
  left: number;
}

/** The faults that are armed, in the order they were added. */
export class FaultList {
  readonly #entries = new Set<Entry>();

  /** Returns what lifts it. */
  add(fault: Fault, plan: FaultPlan = {}): () => void {
    const entry = { fault, plan, skipped: 0, left: plan.times ?? 1 };
    this.#entries.add(entry);
    return () => void this.#entries.delete(entry);
  }

  /** The faults that this request meets; each is used up by one. */
  take(method: string, path: string): readonly Fault[] {
    const meant = [...this.#entries].filter(
      ({ plan }) => (plan.methods?.includes(method) ?? true) && (plan.path?.test(path) ?? true),
    );
    const met = meant.filter((entry) => entry.skipped >= (entry.plan.skip ?? 0));
    for (const entry of meant) entry.skipped += 1;
    for (const entry of met) {
      entry.plan.onMet?.();
      entry.left -= 1;
      if (entry.left <= 0) this.#entries.delete(entry);
    }
    return met.map(({ fault }) => fault);
  }
}

const page = '<!DOCTYPE html><html><head><title>Emulated</title></head><body>Not the API.</body></html>';

/** Replies that are wrong in ways that were seen. */
export const wrongReplies = {
  page: (status: number): Prepared => ({ status, headers: { 'content-type': 'text/html' }, text: page }),
  unsuccessful: (code: number, message: string): Prepared => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    text: JSON.stringify({ success: false, errors: [{ code, message }], messages: [], result: null }),
  }),
  refusal: (status: number, code: number, message: string): Prepared => ({
    ...wrongReplies.unsuccessful(code, message),
    status,
  }),
} as const;
