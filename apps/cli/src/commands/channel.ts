import { AppError } from '@serverctl/core';
import { Command } from 'commander';
import { named, wideOption } from '../arguments.ts';
import { action } from '../context.ts';
import { count } from '../options.ts';
import { poolNames } from '../output/account.ts';
import { channelFacts, channelTable, deliveryTable } from '../output/channel.ts';
import { channelAdd } from './channel-add.ts';
import { channelDisable, channelEnable, channelNewSecret, channelRemove, channelSet } from './channel-set.ts';

/** `serverctl channel …`: where notices go beside the event log. */
export function channelCommand(): Command {
  return new Command('channel')
    .description('Notification channels: who is told of what')
    .addCommand(channelList())
    .addCommand(channelShow())
    .addCommand(channelAdd())
    .addCommand(channelSet())
    .addCommand(channelEnable())
    .addCommand(channelDisable())
    .addCommand(channelTest())
    .addCommand(channelNewSecret())
    .addCommand(channelDeliveries())
    .addCommand(channelRemove());
}

function channelList(): Command {
  return new Command('list')
    .description('All channels')
    .addOption(wideOption())
    .action(
      action(async ({ client }, { wide = false }: { wide?: boolean }) => {
        const { channels } = await client.channels.list();
        const none = 'No channel yet: notices go to the event log only. Add one: serverctl channel add --help';
        return {
          json: channels,
          text: channels.length === 0 ? none : channelTable(channels, wide),
          ...(wide ? { whole: 'all' as const } : {}),
        };
      }),
    );
}

function channelShow(): Command {
  return new Command('show')
    .description('One channel: everything but its secrets')
    .argument('<channel>', 'id or name of the channel', named)
    .action(
      action(async ({ client }, asked: string) => {
        const { channels } = await client.channels.list();
        const one = channels.find(({ id, name }) => id === asked || name === asked);
        if (one === undefined) throw new AppError('channel_not_found', { channel: asked });
        const poolIds = one.poolIds ?? [];
        return { json: one, text: channelFacts(one, poolIds.map(await poolNames(client, poolIds))) };
      }),
    );
}

function channelTest(): Command {
  return new Command('test')
    .description('Send a test notice now, and say how it went')
    .argument('<channel>', 'id of the channel, from the list', named)
    .action(
      action(async ({ client }, id: string) => {
        const test = await client.channels.test(id);
        return { json: test, text: test.sentence };
      }),
    );
}

function channelDeliveries(): Command {
  return new Command('deliveries')
    .description('What went to a channel and how it went, newest first')
    .argument('<channel>', 'id of the channel, from the list', named)
    .option('--limit <number>', 'how many of the newest (default 50)', count(500))
    .action(
      action(async ({ client }, id: string, { limit }: { limit?: number }) => {
        const { deliveries } = await client.channels.deliveries(id, limit === undefined ? {} : { limit });
        const text = deliveries.length === 0 ? 'Nothing went there in the last 30 days.' : deliveryTable(deliveries);
        return { json: deliveries, text };
      }),
    );
}
