import type { BrakesView, LivenessView, ReadyView } from '@serverctl/contract';
import { isAppError } from '@serverctl/core';
import { Command } from 'commander';
import { action } from '../context.ts';
import { clean, facts, table } from '../output/table.ts';
import { localTime, tinted } from '../output/words.ts';

/** `serverctl status`: whether the control plane can work, and how it hears its fleet. */
export function statusCommand(): Command {
  return new Command('status').description('Whether the control plane is ready, and how it hears its fleet').action(
    action(async ({ client, config }) => {
      const [readiness, liveness, brakes, { info }] = await Promise.all([
        client.readiness(),
        client.liveness(),
        client.brakes.get().catch(brakesUntold),
        client.release(),
      ]);
      const head = facts([
        ['control plane', `${config.url}, release ${info.version}`],
        ['ready', tinted(readiness.ready ? 'yes' : 'no', readiness.ready ? 'good' : 'bad', config.colour)],
        [
          'brakes',
          brakes === null ? 'not known: the database did not answer' : `${clean(brakes.sentence)}${moreOf(brakes)}`,
        ],
      ]);
      const json = { url: config.url, version: info.version, readiness, liveness, brakes };
      return { json, text: [head, checkTable(readiness, config.colour), ...fleet(liveness)].join('\n\n') };
    }),
  );
}

/** They are read from the database; without it the rest is still to be told, above all that it is away. */
function brakesUntold(error: unknown): null {
  if (isAppError(error) && error.category === 'unavailable') return null;
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
