import type {
  AuthoritativeServer,
  DesiredRecord,
  PublicationState,
  PublicationUpdate,
  Resolver,
  ServerAnswer,
} from './ports.ts';

export interface VerifyTask {
  readonly wish: DesiredRecord;
  /** TTL of the record that was replaced under this epoch; null = there was none, it answered the same, or nobody knows. */
  readonly oldAnswerTtlSeconds: number | null;
  /** Resolves with what the store says is left of the old answer in ms: 0 unless its end is reported too early. */
  readonly record: (update: PublicationUpdate) => Promise<number>;
  /** This server answers what it shall. */
  readonly right: (server: AuthoritativeServer) => void;
}

type Answer = Awaited<ReturnType<Resolver['ask']>> | { readonly error: string };

/** What each authoritative server answers for one name, and the steps of the timeline that follow from it (R24). */
export interface AnswerSheet {
  expect(servers: readonly AuthoritativeServer[]): void;
  /** Notes one answer. True when this server answers exactly the new address, or none where none is left, with authority. */
  note(server: AuthoritativeServer, answer: Answer): boolean;
  /** Resolves with what is left of it all the same, in ms. */
  oldTtlElapsed(): Promise<number>;
  answers(): readonly ServerAnswer[];
  /** The servers that are not right yet, for a sentence. */
  lagging(): string;
}

/** Records a step when it is reached, and the servers whenever one of them says something new. */
export function createAnswerSheet({ wish, record }: Pick<VerifyTask, 'wish' | 'record'>): AnswerSheet {
  const answers = new Map<string, ServerAnswer>();
  let answered = false;

  function update(state: PublicationState, step: PublicationUpdate['step']): Promise<number> {
    return record({
      bindingId: wish.binding.id,
      state,
      epoch: wish.epoch,
      address: wish.address,
      error: null,
      servers: [...answers.values()],
      step,
    });
  }

  function noteRight(): void {
    const all = [...answers.values()].every(({ ok }) => ok);
    if (!answered) void update(all ? 'verifying' : 'partial', 'answered');
    else if (!all) void update('partial', null);
    answered = true;
    if (all) void update('published', 'all-answered');
  }

  return {
    expect(servers) {
      for (const server of servers) {
        answers.set(serverKey(server), { server: server.name, addresses: [], ok: false, error: null });
      }
    },
    note(server, answer) {
      const next = judgeAnswer(server, answer, wish.address);
      const before = answers.get(serverKey(server));
      answers.set(serverKey(server), next);
      if (next.ok) noteRight();
      else if (JSON.stringify(before) !== JSON.stringify(next)) void update(answered ? 'partial' : 'verifying', null);
      return next.ok;
    },
    oldTtlElapsed: () => update('published', 'old-ttl-elapsed'),
    answers: () => [...answers.values()],
    lagging: () =>
      [...answers.values()]
        .filter(({ ok }) => !ok)
        .map(({ server, addresses, error }) => `${server} (${error ?? (addresses.join(', ') || 'no address')})`)
        .join(', ') || 'none was found',
  };
}

/** Tells one server from another: a name may have several addresses. */
export function serverKey({ name, address, port }: AuthoritativeServer): string {
  return `${name} ${address} ${port}`;
}

/** What a name shall answer, in words. */
export function answerWords({ address, binding }: DesiredRecord): string {
  return address ?? `no ${binding.type}`;
}

function judgeAnswer(server: AuthoritativeServer, answer: Answer, wanted: string | null): ServerAnswer {
  if ('error' in answer) return { server: server.name, addresses: [], ok: false, error: answer.error };
  const { addresses, authoritative, rcode } = answer;
  const isIt = wanted === null ? addresses.length === 0 : addresses.length === 1 && addresses[0] === wanted;
  const ok = authoritative && isIt && (wanted !== null || rcode === 'NOERROR' || rcode === 'NXDOMAIN');
  const complaint = authoritative ? (rcode === 'NOERROR' ? null : rcode) : 'answers without authority';
  return { server: server.name, addresses, ok, error: ok ? null : complaint };
}
