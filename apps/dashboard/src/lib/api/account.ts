import type {
  AuditList,
  AuditQuery,
  AuditVerified,
  ChannelInput,
  ChannelMade,
  ChannelPatch,
  ChannelTest,
  ChannelView,
  DeliveryView,
  EventKindView,
  Removed,
} from '@serverctl/contract';
import { ask } from './ask.ts';

const channel = (...rest: readonly string[]) => ['notification-channels', ...rest];

/** Who is told of what, and who did what. */
export const accountApi = {
  channels: (signal: AbortSignal) => ask<{ channels: readonly ChannelView[] }>({ path: channel(), signal }),
  addChannel: (body: ChannelInput) => ask<ChannelMade>({ method: 'POST', path: channel(), body }),
  setChannel: (id: string, body: ChannelPatch) => ask<ChannelView>({ method: 'PATCH', path: channel(id), body }),
  removeChannel: (id: string) => ask<Removed>({ method: 'DELETE', path: channel(id) }),
  testChannel: (id: string) => ask<ChannelTest>({ method: 'POST', path: channel(id, 'test') }),
  deliveries: (id: string, signal: AbortSignal) =>
    ask<{ deliveries: readonly DeliveryView[] }>({ path: channel(id, 'deliveries'), signal }),
  newSecret: (id: string) => ask<ChannelMade>({ method: 'POST', path: channel(id, 'signing-secret') }),
  eventKinds: (signal: AbortSignal) => ask<{ kinds: readonly EventKindView[] }>({ path: ['event-kinds'], signal }),
  audit: (query: AuditQuery, signal: AbortSignal) =>
    ask<AuditList>({ path: ['audit'], query: query as Record<string, string | number | undefined>, signal }),
  verifyAudit: (signal: AbortSignal) => ask<AuditVerified>({ path: ['audit', 'verify'], signal }),
};
