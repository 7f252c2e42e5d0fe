import type { Client } from '@serverctl/contract';
import { placeOf } from '../output/dns-credential.ts';
import { timeLimit } from '../platform/pause.ts';
import type { Candidate, LiveNames } from './candidates.ts';

/** A person waits with a finger on the key. */
const answerWithinMs = 700;

type Ask = (client: Client, pool: string, call: { signal: AbortSignal }) => Promise<readonly Candidate[]>;

/** By the placeholder of an argument or of an option's value: `<pool>`, `--credential <credential>`. */
const asks: Readonly<Record<string, Ask>> = {
  pool: async (client, _pool, call) => {
    const { pools } = await client.pools.list(call);
    return pools.map(({ name, status }) => ({ value: name, about: status.state }));
  },
  member: async (client, pool, call) => {
    const { members } = await client.members.list(pool, call);
    return members.map(({ hostname, status }) => ({ value: hostname, about: `${status.role}, ${status.health}` }));
  },
  'managed-name': async (client, pool, call) => {
    const { bindings } = await client.bindings.list(pool, call);
    const states = Map.groupBy(bindings, ({ name }) => name);
    return [...states].map(([value, records]) => ({
      value,
      about: [...new Set(records.map(({ state }) => state))].join(', '),
    }));
  },
  promotion: async (client, pool, call) => {
    const { promotions } = await client.promotions.list(pool, { limit: 20 }, call);
    return promotions.map(({ id, sentence }) => ({ value: id, about: sentence }));
  },
  credential: async (client, _pool, call) => {
    const { credentials } = await client.credentials.list(call);
    return credentials.map(({ name, settings }) => ({ value: name, about: placeOf(settings) }));
  },
  channel: async (client, _pool, call) => {
    const { channels } = await client.channels.list(call);
    return channels.map(({ id, origin }) => ({ value: id, about: origin }));
  },
  user: async (client, _pool, call) => {
    const { users } = await client.users.list(call);
    return users.map(({ email, name }) => ({ value: email, about: name }));
  },
  invitation: async (client, _pool, call) => {
    const { invitations } = await client.invitations.list(call);
    return invitations.map(({ id, kind, email }) => ({ value: id, about: `${kind}, ${email ?? 'anybody'}` }));
  },
  token: async (client, _pool, call) => {
    const { tokens } = await client.tokens.list(call);
    return tokens.map(({ id, name, owner }) => ({ value: id, about: `${name}, ${owner}` }));
  },
  session: async (client, _pool, call) => {
    const { sessions } = await client.session.sessions(call);
    return sessions.map(({ id, kind, peer }) => ({ value: id, about: `${kind}, ${peer}` }));
  },
};

/** Names as the control plane knows them now. Nobody is told when it does not answer: a completion has no place for errors. */
export function liveNames(connect: () => Client): LiveNames {
  return async (kind, before) => {
    const ask = Object.hasOwn(asks, kind) ? asks[kind] : undefined;
    if (ask === undefined) return [];
    try {
      return await ask(connect(), before[0] ?? '', { signal: timeLimit(answerWithinMs) });
    } catch {
      return [];
    }
  };
}
