import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { startStandIn } from './stand-in.ts';

it('says of itself only what it carries: connections that are open, none once it is shut, and that it is no HAProxy', async () => {
  const standIn = await startStandIn('m1');
  onTestFinished(() => standIn.shut());
  const agents = [1, 2].map(() => new Agent({ keepAlive: true, maxSockets: 1 }));
  const ask = async (agent: Agent) => {
    const [response] = (await once(get({ host: '127.0.0.1', port: standIn.port, agent }), 'response')) as [
      IncomingMessage,
    ];
    return (await response.toArray()).join('');
  };
  expect(standIn.look()).toMatchObject({ version: 'stand-in (no HAProxy)', sessions: 0, requestRate: 0 });
  expect(await Promise.all(agents.map(ask))).toEqual(['m1\n', 'm1\n']);
  expect(standIn.look()).toMatchObject({ sessions: 2, sessionRate: 2, requestRate: 2 });
  await standIn.shut();
  expect(standIn.look()).toMatchObject({ sessions: 0, requestRate: 0 });
  await expect(ask(new Agent())).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
