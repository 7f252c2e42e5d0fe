import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { action } from '../context.ts';
import { reportFailure } from '../output/failure.ts';
import { poolDetail } from '../output/pool.ts';
import { duration, localTime, tinted } from '../output/words.ts';

const refreshMs = 1_000;
const home = '\u001b[H';
const clearBelow = '\u001b[J';
const clearToEnd = '\u001b[K';
const alternateScreen = { enter: '\u001b[?1049h\u001b[?25l', leave: '\u001b[?25h\u001b[?1049l' };

/** `serverctl watch [POOL]`: a live table, refreshed every second; says how old it is when the control plane is silent. */
export function watchCommand(): Command {
  return new Command('watch')
    .description('Live table of one or all pools; q or Ctrl+C leaves')
    .argument('[pool]')
    .action(
      action(async ({ client, config, json }, pool?: string) => {
        const look = async () =>
          pool === undefined ? (await client.pools.list()).pools : [await client.pools.get(pool)];
        const seen = { pools: await look(), at: performance.now() };
        if (json || !process.stdout.isTTY) {
          return { json: seen.pools, text: seen.pools.map((one) => poolDetail(one, config.colour)).join('\n\n') };
        }
        await onScreen(async (draw) => {
          let trouble = '';
          try {
            seen.pools = await look();
            seen.at = performance.now();
          } catch (error) {
            reportFailure(error, false, (text) => {
              trouble = text.split('\n')[0] ?? '';
            });
          }
          const age = performance.now() - seen.at;
          const { events } = await client.events({ limit: 8 }).catch(() => ({ events: [] }));
          const status =
            trouble === ''
              ? tinted('live', 'good', config.colour)
              : tinted(`${duration(age)} old. ${trouble}`, 'bad', config.colour);
          const pools =
            seen.pools.length === 0
              ? ['No pool yet. Add one: serverctl pool add NAME']
              : seen.pools.map((one) => poolDetail(one, config.colour));
          draw(
            [
              `serverctl watch   ${status}   q leaves`,
              ...pools,
              events.map((event) => `${localTime(event.at)}  ${event.sentence}`).join('\n'),
            ].join('\n\n'),
          );
        });
        return null;
      }),
    );
}

/** Draws every second on the alternate screen until q or Ctrl+C; the terminal is given back as it was. */
async function onScreen(frame: (draw: (text: string) => void) => Promise<void>): Promise<void> {
  const leaving = new AbortController();
  const leave = () => leaving.abort();
  const onKey = (key: Buffer) => {
    if (key.includes('q') || key.includes(3)) leave();
  };
  process.stdout.write(alternateScreen.enter);
  if (process.stdin.isTTY) process.stdin.setRawMode(true).on('data', onKey);
  process.once('SIGINT', leave).once('SIGTERM', leave);
  const draw = (text: string) => {
    const rows = text.split('\n').slice(0, process.stdout.rows - 1);
    process.stdout.write(`${home}${rows.map((row) => row + clearToEnd).join('\n')}${clearBelow}`);
  };
  try {
    while (!leaving.signal.aborted) {
      await frame(draw);
      await sleep(refreshMs, undefined, { signal: leaving.signal }).catch(() => undefined);
    }
  } finally {
    process.stdout.write(alternateScreen.leave);
    if (process.stdin.isTTY) process.stdin.setRawMode(false).pause().off('data', onKey);
  }
}
