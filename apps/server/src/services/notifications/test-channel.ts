import type { ChannelTest } from '@serverctl/contract';
import { getChannel } from '../../db/repositories/channels.ts';
import { insertTest, noteAttempt } from '../../db/repositories/deliveries.ts';
import { deliveryId, type StoredNotice } from '../../db/repositories/deliveries-queue.ts';
import { newId } from '../../platform/random.ts';
import type { ServiceDeps } from '../deps.ts';
import { openChannel } from './channel-secret.ts';
import { tellRecovered } from './channel-trouble.ts';
import { messageOf } from './message.ts';
import { send } from './send.ts';

const testNotice: StoredNotice = {
  kind: 'channel.test',
  severity: 'info',
  poolId: null,
  memberId: null,
  pool: null,
  member: null,
  sentence: 'This is a test notice from ServerCTL.',
  details: {},
};

/**
 * Sends one notice now, the way that every notice goes, and says what came back. It is in the list of deliveries; it is not tried again,
 * since somebody waits for it, and a disabled channel is tried as well.
 */
export async function testChannel(deps: ServiceDeps, id: string): Promise<ChannelTest> {
  const row = await getChannel(deps.db, id);
  const channel = openChannel(deps.secrets, row);
  const delivery = await insertTest(deps.db, {
    id: deliveryId(newId(deps.random), id),
    channelId: id,
    notice: testNotice,
  });
  const { delivered, status, sentence } = await send(deps, channel, messageOf(delivery));
  await noteAttempt(deps.db, delivery.id, { answer: sentence, next: delivered ? 'delivered' : 'failed' });
  if (delivered) await tellRecovered(deps.db, channel);
  return { delivered, status, sentence };
}
