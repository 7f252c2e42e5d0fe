import type { DnsProvider, InstanceId } from '@serverctl/core';
import { type CpanelOptions, type CpanelTrust, createCpanelProvider, createTrustedAgent } from '@serverctl/dns';
import { createNodeHttp } from '@serverctl/dns/testing';
import type { Service } from './access.ts';
import type { CpanelEmulator } from './emulator.ts';

/** Providers on an emulated panel, over TLS that is proven as operators have it proven. */
export interface EmulatedAdapter {
  /** Each with connections of its own, as another process. The user is `owner`; it waits for nothing unless told how. */
  open(more: Partial<CpanelOptions> & Pick<CpanelOptions, 'instance' | 'token'>): DnsProvider;
  /** Ends all connections. */
  stop(): void;
}

export function createEmulatedAdapter(
  emulator: Pick<CpanelEmulator, 'bases'>,
  panel: Service,
  trust: CpanelTrust,
): EmulatedAdapter {
  const agents: ReturnType<typeof createTrustedAgent>[] = [];
  return {
    open(more) {
      const agent = createTrustedAgent(trust);
      agents.push(agent);
      const http = createNodeHttp(emulator.bases[panel], agent);
      return createCpanelProvider({ http, panel, user: owner, random: () => 0, wait: async () => {}, ...more });
    },
    stop() {
      for (const agent of agents) agent.destroy();
    },
  };
}

/** Whose tokens the providers show. */
export const owner = 'owner';

/** Whose marks are ours in tests. */
export const us = 'aaaaaaaaaaaa' as InstanceId;
