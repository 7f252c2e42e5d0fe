import type { AuditEntryView } from '@serverctl/contract';
import { Command } from 'commander';
import { wideOption } from '../arguments.ts';
import { action, type Context } from '../context.ts';
import { examples } from '../help.ts';
import { count } from '../options.ts';
import { clean, table } from '../output/table.ts';
import { localTime } from '../output/words.ts';
import { type FilterOptions, filterOf, nothingFits, withFilter } from './audit-filter.ts';

interface Options extends FilterOptions {
  readonly limit: number;
  readonly wide?: boolean;
}

/** What one call gives at most. */
const page = 500;

/** `serverctl audit list`: who did what, newest last. */
export function auditListCommand(): Command {
  return withFilter(new Command('list'))
    .description('Who did what, when, to what and why; newest last')
    .option('--limit <number>', 'how many of the newest', count(), 50)
    .addOption(wideOption())
    .addHelpText(
      'after',
      examples([
        ['who touched this pool since yesterday noon?', 'serverctl audit list --pool edge --since 2026-01-30T12:00'],
        ['everything that API tokens did this week', 'serverctl audit list --actor "token:*" --since 7d'],
      ]),
    )
    .action(
      action(async (context, options: Options) => {
        const entries = await newest(context, options);
        return { json: entries, text: entries.length === 0 ? nothingFits(options) : listed(entries, options.wide) };
      }),
    );
}

async function newest({ client }: Context, { limit, ...options }: Options): Promise<readonly AuditEntryView[]> {
  const found: AuditEntryView[] = [];
  let before: number | null = null;
  while (found.length < limit) {
    const cursor = before === null ? {} : { before };
    const query = { ...filterOf(options), ...cursor, limit: Math.min(page, limit - found.length) };
    const { entries, next }: { entries: AuditEntryView[]; next: number | null } = await client.audit.list(query);
    found.push(...entries);
    if (next === null) break;
    before = next;
  }
  return found.toReversed();
}

function listed(entries: readonly AuditEntryView[], wide = false): string {
  const rows = entries.map((entry) => {
    const { at, actor, action: act, target, reason, seq, poolId, requestId, details, sealed } = entry;
    const short = [localTime(at), clean(actor), clean(act), clean(target)];
    if (!wide) return [...short, clean(reason ?? '')];
    const rest = [poolId ?? '', requestId ?? '', sealed ? 'yes' : 'not yet', clean(reason ?? ''), detailsText(details)];
    return [String(seq), ...short, ...rest];
  });
  const head = ['time', 'actor', 'action', 'target'];
  return wide
    ? table(['seq', ...head, 'pool', 'request', 'sealed', 'reason', 'details'], rows, [], { wide })
    : table([...head, 'reason'], rows, [], { whole: ['time'] });
}

function detailsText(details: AuditEntryView['details']): string {
  return Object.keys(details).length === 0 ? '' : clean(JSON.stringify(details));
}
