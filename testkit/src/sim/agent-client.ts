import { agentPaths, type Heartbeat } from '@serverctl/contract/agent';
import type { MemberId } from '@serverctl/core';
import type { HttpClient, HttpOutcome, HttpRequest } from '../../../apps/agent/src/http-client.ts';
import type { EdgeRequest } from './edge.ts';
import type { Events } from './events.ts';
import type { Connection } from './network.ts';
import type { ProcessClock } from './process-clock.ts';
import type { Replica } from './replica.ts';
import type { Ways } from './ways.ts';
import type { WorldClock } from './world-clock.ts';

/*
 * An agent's HTTP without its bytes: what became of a request is as apps/agent/src/http-client.ts would say it, and after a time-out one
 * with a token may still arrive, within four seconds more (late-requests.ts).
 */

export interface AgentClientParts {
  readonly name: string;
  /** Where the replicas see it come from (R36). */
  readonly peer: () => string;
  readonly clock: WorldClock;
  readonly events: Events;
  readonly memberId: () => MemberId;
  readonly replicas: readonly Replica[];
  readonly urls: readonly string[];
  readonly ways: Ways;
}

const lateMs = 4_000;

export function createAgentClient(parts: AgentClientParts): (agent: ProcessClock) => HttpClient {
  const { name, clock, events, replicas, urls, ways } = parts;
  const paths = Object.values(agentPaths);
  const targets = new Map<string, { readonly replica: Replica; readonly path: string; readonly way: Connection }>();
  for (const [index, replica] of replicas.entries())
    for (const path of paths)
      targets.set(`${urls[index]}${path}`, { replica, path, way: ways.agent(name, replica.name) });

  function noteBeat(body: Heartbeat, replica: string): void {
    const memberId = parts.memberId();
    const { boot, seq } = body;
    events.tell('onBeatSent', [memberId, name, boot, seq, replica], { memberId, host: name, boot, seq, replica });
  }

  return (agent) => ({
    post: (request: HttpRequest) =>
      new Promise<HttpOutcome>((resolve) => {
        const target = targets.get(request.url);
        if (target === undefined) throw new Error(`nobody is at ${request.url}`);
        const { replica, path, way } = target;
        let isOver = false;
        const finish = (outcome: HttpOutcome) => {
          if (isOver) return;
          isOver = true;
          cancel();
          resolve(outcome);
        };
        const cancel = agent.after(request.timeoutMs, () =>
          finish({ kind: 'unreachable', because: 'timeout', detail: `no reply within ${request.timeoutMs} ms` }),
        );
        const keepMs = request.token === undefined ? request.timeoutMs : request.timeoutMs + lateMs;
        const back = (outcome: HttpOutcome) => way.back.send(() => agent.deliver(() => finish(outcome)), keepMs);
        const { body, token } = request;
        const origin = { host: name, sentAt: clock.now() };
        const sent: EdgeRequest = { path, body, token, peer: parts.peer(), origin };
        if (path === agentPaths.heartbeat) noteBeat(body as Heartbeat, replica.name);
        way.there.send(() => {
          if (isOver && token === undefined) return;
          const { edge } = replica;
          if (edge === null) return back({ kind: 'unreachable', because: 'network', detail: 'ECONNREFUSED' });
          edge.clock.deliver(() => edge.answer(sent, (reply) => back({ kind: 'reply', ...reply })));
        }, keepMs);
      }),
    close: () => {},
  });
}
