import { Command } from 'commander';
import { action } from '../context.ts';
import { facts, table } from '../output/table.ts';
import { localTime } from '../output/words.ts';

/** `serverctl status`: how the control plane hears its fleet. */
export function statusCommand(): Command {
  return new Command('status').description('How the control plane hears its fleet').action(
    action(async ({ client, config }) => {
      const liveness = await client.liveness();
      const counters = Object.entries(liveness.counters).map(([name, value]) => [name, String(value)] as const);
      const gaps = liveness.gaps.map((gap) => [gap.hostname, localTime(gap.at), String(gap.missing)]);
      const text = [
        `control plane  ${config.url}`,
        facts(counters),
        gaps.length === 0 ? 'No heartbeat is missing.' : table(['member', 'heard again', 'missing heartbeats'], gaps),
      ];
      return { json: { url: config.url, liveness }, text: text.join('\n\n') };
    }),
  );
}
