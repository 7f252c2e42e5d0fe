import type { BrakesView, LivenessView, ReadyView } from '@serverctl/contract';
import { type AppError, exitCode, isAppError } from '@serverctl/core';
import { Command } from 'commander';
import { action } from '../context.ts';
import { clean, facts, table } from '../output/table.ts';
import { localTime, tinted } from '../output/words.ts';
import { unlessForbidden } from '../unless-forbidden.ts';

const whenDown = `
When the database does not answer, nobody is recognised, and this tells what
anybody may know: the checks, with status ${exitCode.unavailable}.
`;

/** `serverctl status`: whether the control plane can work, and to who may know it how the fleet is heard. */
export function statusCommand(): Command {
  return new Command('status')
    .description('Whether the control plane is ready, and how it hears its fleet')
    .addHelpText('after', whenDown)
    .action(
      action(async ({ client, config }) => {
        const [readiness, heard, brakes, { info }] = await Promise.all([
          client.readiness(),
          unlessForbidden(client.liveness()).catch(silence),
          client.brakes.get().catch(brakesUntold),
          client.release(),
        ]);
        const head = facts([
          ['control plane', `${config.url}, release ${info.version}`],
          ['ready', tinted(readiness.ready ? 'yes' : 'no', readiness.ready ? 'good' : 'bad', config.colour)],
          ['brakes', typeof brakes === 'string' ? brakes : `${clean(brakes.sentence)}${moreOf(brakes)}`],
        ]);
        if (isAppError(heard)) process.exitCode = exitCode[heard.category];
        return {
          json: {
            ...{ url: config.url, version: info.version, readiness },
            ...(isAppError(heard) ? { liveness: null, because: because(heard) } : { liveness: heard }),
            brakes: typeof brakes === 'string' ? null : brakes,
          },
          text: [head, checkTable(readiness, config.colour), ...fleetText(heard)].join('\n\n'),
        };
      }),
    );
}

/** The checks are told to anybody, the rest to whom the database knows: its silence takes only the rest from us. */
function silence(error: unknown): AppError {
  if (isAppError(error) && error.category === 'unavailable') return error;
  throw error;
}

const because = ({ code, message, details }: AppError) => ({ code, message, details });

function fleetText(heard: LivenessView | AppError | null): readonly string[] {
  if (heard === null) return [];
  return isAppError(heard) ? [`How the fleet is heard is not known. ${heard.message}`] : fleet(heard);
}

/** They are read from the database, by who may; without them the rest is still to be told, above all that the database is away. */
function brakesUntold(error: unknown): string {
  if (isAppError(error) && error.category === 'unavailable') return 'not known: the database did not answer';
  if (isAppError(error) && error.category === 'forbidden') return 'not told: reading them needs a role in some pool';
  throw error;
}

/** Where there is more to see of them. */
function moreOf({ massSilence, velocity, released }: BrakesView): string {
  return massSilence.holds || velocity.holds || released !== null ? ' More: serverctl brakes' : '';
}

function checkTable({ checks }: ReadyView, colour: boolean): string {
  const rows = checks.map(({ name, ok, sentence }) => [
    name,
    tinted(ok ? 'ok' : 'not ok', ok ? 'good' : 'bad', colour),
    sentence,
  ]);
  return table(['check', 'is', 'because'], rows);
}

function fleet({ counters, gaps }: LivenessView): readonly string[] {
  const rows = gaps.map((gap) => [gap.hostname, localTime(gap.at), String(gap.missing)]);
  return [
    `Counted since it started:\n${facts(Object.entries(counters).map(([name, value]) => [`  ${name}`, String(value)]))}`,
    rows.length === 0
      ? 'No heartbeat is missing.'
      : table(['member', 'heard again', 'missing heartbeats'], rows, [], { whole: ['heard again'] }),
  ];
}
