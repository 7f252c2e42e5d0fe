import type { EventView, PoolView } from '@serverctl/contract';
import { durationText } from '@serverctl/core';
import { Command } from 'commander';
import { named } from '../arguments.ts';
import { action, type Context } from '../context.ts';
import { reportFailure } from '../output/failure.ts';
import { poolDetail } from '../output/pool.ts';
import { clean } from '../output/table.ts';
import { localTime, tinted } from '../output/words.ts';
import { type Frame, showFrames } from '../platform/screen.ts';

/** `serverctl watch [POOL]`: a live table, refreshed every second; without a terminal, or with `--json`, one look. */
export function watchCommand(): Command {
  return new Command('watch')
    .description('Live table of one or all pools; q or Ctrl+C leaves')
    .argument('[pool]', 'name or id of one pool; all, if not given', named)
    .action(
      action(async (context, pool?: string) => {
        const first = await look(context, pool);
        if (context.json || !process.stdout.isTTY) {
          return { json: first, text: first.map((one) => poolDetail(one, context.config.colour)).join('\n\n') };
        }
        await showFrames(liveFrame(context, pool, first));
        return null;
      }),
    );
}

async function look({ client }: Context, pool: string | undefined): Promise<readonly PoolView[]> {
  return pool === undefined ? (await client.pools.list()).pools : [await client.pools.get(pool)];
}

/** Keeps the last good picture while the control plane is silent, and says how old it is. */
function liveFrame(context: Context, pool: string | undefined, first: readonly PoolView[]): Frame {
  let pools = first;
  let seenAtMs: number | null = null;
  return async (nowMs) => {
    let trouble: string | null = null;
    try {
      pools = await look(context, pool);
      seenAtMs = nowMs;
    } catch (error) {
      reportFailure(error, false, (text) => {
        trouble = text.split('\n')[0] ?? '';
      });
    }
    const { events } = await context.client.events({ limit: 8 }).catch(() => ({ events: [] as EventView[] }));
    return picture(
      pools,
      events,
      context.config.colour,
      trouble === null ? null : { words: trouble, ageMs: nowMs - (seenAtMs ?? nowMs) },
    );
  };
}

function picture(
  pools: readonly PoolView[],
  events: readonly EventView[],
  colour: boolean,
  stale: { words: string; ageMs: number } | null,
): string {
  const status =
    stale === null
      ? tinted('live', 'good', colour)
      : tinted(`${durationText(stale.ageMs)} old. ${stale.words}`, 'bad', colour);
  const body =
    pools.length === 0
      ? ['No pool yet. Add one: serverctl pool add NAME']
      : pools.map((one) => poolDetail(one, colour));
  const happened = events.map((event) => `${localTime(event.at)}  ${clean(event.sentence)}`).join('\n');
  return [`serverctl watch   ${status}   q leaves`, ...body, happened].join('\n\n');
}
