/** What the benchmark asks of its generator, over the channel between the two processes; each is answered before the next is sent. */
export type Ask =
  | { readonly kind: 'enrol'; readonly at: Address; readonly members: readonly NewMember[] }
  /** Beats go to this address from now on, from each member once a second, spread over the second. */
  | { readonly kind: 'beat'; readonly at: Address }
  /** The host's HAProxy runs, or does not: answered when the first beat that says so was accepted. */
  | { readonly kind: 'haproxy'; readonly memberId: string; readonly runs: boolean }
  | { readonly kind: 'begin-window' }
  | { readonly kind: 'end-window' }
  /** No further beat; answered when the last one was. */
  | { readonly kind: 'stop' };

export interface Address {
  readonly url: string;
  /** Certificate that the address is verified by; null for plain HTTP. */
  readonly ca: string | null;
}

export interface NewMember {
  readonly memberId: string;
  readonly hostname: string;
  readonly secret: string;
}

/** When a beat was sent and its reply was there, by the machine's monotonic clock. */
export interface Told {
  readonly sentAtMs: number;
  readonly acceptedAtMs: number;
}

/** What became of the beats that were sent since `beat`. */
export interface Outcome {
  readonly sent: number;
  readonly accepted: number;
  /** Beats that were not accepted, by why: a status, `dropped`, or the network's word. */
  readonly notAccepted: Readonly<Record<string, number>>;
}

/** One measured window at the generator. */
export interface Window {
  /** Of each accepted beat: from the request's first byte handed over to the reply's last one read. */
  readonly latenciesMs: readonly number[];
  /** The generator's own CPU time. */
  readonly cpuMicros: number;
}

export interface Answers {
  enrol: null;
  beat: null;
  haproxy: Told;
  'begin-window': null;
  'end-window': Window;
  stop: Outcome;
}

export type Answer =
  | { readonly result: Answers[keyof Answers] }
  /** The generator's own words: the run is over. */
  | { readonly failure: string };
