import { agentArchitectures, installPaths } from '@serverctl/contract/agent';
import { minuteMs, secondMs } from '@serverctl/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../platform/clock.ts';
import type { AgentDownload } from '../../services/agent-files.ts';
import type { Installer } from '../../services/deps.ts';
import { peerAddress } from '../agent/peer.ts';
import { DownloadSlots } from './slots.ts';

export interface InstallDeps {
  readonly installer: Installer;
  readonly clock: Pick<Clock, 'after' | 'now'>;
}

/** A reader that takes nothing for so long, or is not done after so long, frees its slot for others. */
const idleMs = 30 * secondMs;
const downloadMs = 15 * minuteMs;

/**
 * What a host without an agent downloads: no token, since nothing in it is secret. Files flow as fast as the host reads them and are never
 * held in memory. Their addresses stay while their content changes with a release, so a cache must ask again.
 */
export async function installRoutes(app: FastifyInstance, { installer, clock }: InstallDeps): Promise<void> {
  const slots = new DownloadSlots();
  const route = { method: ['GET', 'HEAD'], config: { permission: 'public' }, schema: { hide: true } };

  app.route({
    ...route,
    url: installPaths.script,
    handler: async (request, reply) => {
      const script = await installer.script();
      // A person who reads it first asks with a query, and is no host.
      const isHost = request.method === 'GET' && !request.url.includes('?');
      if (isHost) installer.sightings.note('script', peerAddress(request), clock.now());
      return reply.header('cache-control', 'no-cache').type('text/x-shellscript; charset=utf-8').send(script);
    },
  });
  for (const architecture of agentArchitectures) {
    app.route({
      ...route,
      url: installPaths.agent[architecture],
      handler: async (request, reply) => {
        const download = await installer.download(architecture);
        reply.header('cache-control', 'no-cache').header('etag', `"${download.sha256}"`);
        if (request.headers['if-none-match'] === `"${download.sha256}"`) return reply.code(304).send();
        reply.header('content-length', download.gzipBytes).type('application/gzip');
        return request.method === 'HEAD' ? reply.send() : send(request, reply, download);
      },
    });
  }

  /** From the look at the connection to the listeners nothing is awaited: no end can slip through between them. */
  function send(request: FastifyRequest, reply: FastifyReply, download: AgentDownload) {
    const { socket } = request;
    // Gone while the file was looked for: an end that was told already is never told again.
    if (socket.destroyed || reply.raw.closed) return reply.hijack();
    const peer = peerAddress(request);
    const giveBack = slots.take(peer);
    const file = download.open();
    const cancel = clock.after(downloadMs, () => socket.destroy());
    // Emitted once, whether the last byte went out or the connection broke, also for a reply that waits behind another one on it.
    reply.raw.once('close', () => {
      cancel();
      giveBack();
      file.destroy();
    });
    // The last byte was handed over: not so where the connection broke.
    reply.raw.once('finish', () => installer.sightings.note('agent', peer, clock.now(), download.version));
    reply.raw.setTimeout(idleMs, () => socket.destroy());
    return reply.send(file);
  }
}
