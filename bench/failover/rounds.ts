import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabStageMember } from '@serverctl/e2e/lab-stage';
import { plan } from './figures.ts';
import type { House } from './house.ts';
import { keepalivedRound } from './keepalived.ts';
import type { Kind } from './keepalived-conf.ts';
import type { Move } from './pool-runner.ts';
import { type Sightings, startSightings } from './sightings.ts';
import { clientValue, overValue, stopValue, takeoverValue, type Values } from './values.ts';

const clientProgram = join(import.meta.dirname, 'client-main.ts');
/** The TTL, the grace, and what a busy machine adds. */
const clientPatienceMs = (plan.ttlSeconds + plan.graceDefaultSeconds + 10) * 1_000;

/*
 * One round measures everything once:
 *
 *   1  grace 0: HAProxy stopped
 *   2  keepalived stock: HAProxy stopped, then cable out
 *   3  default grace: HAProxy stopped; a client that came every 10 ms all along waits for the old answer's TTL
 *   4  meanwhile keepalived tuned, as 2
 *   5  when the client is back: HAProxy started again; default grace: cable out
 *
 * Two failures are never measured at the same time. keepalived takes the two standbys of the grace-0 pool, whose health moves no record.
 */
export async function playRounds(
  house: House,
  runs: number,
  values: Values,
  onRound: (round: number) => void,
): Promise<void> {
  const { stage, names, resolver } = house;
  const client = startSightings(stage, clientProgram, String(plan.clientEveryMs), names.patient, resolver);
  try {
    for (let round = 1; round <= runs; round += 1) {
      await playRound(house, round, values, client);
      onRound(round);
    }
  } finally {
    await client.stop();
  }
}

async function playRound(house: House, round: number, values: Values, client: Sightings): Promise<void> {
  const { instant, patient } = house;
  const first = await instant.stopActive();
  values.add(stopValue('stopGrace0', round, first));
  await hostOf(house, first.from).startHaproxy();
  await playKeepalived(house, 'stock', round, values);

  // The cache was filled anew when the last round's client came back: without this, rounds of one length meet it at one age.
  await sleep(Math.random() * plan.ttlSeconds * 1_000);
  const second = await patient.stopActive();
  values.add(stopValue('stopDefault', round, second));
  const back = clientBack(client, second);
  back.catch(() => undefined); // heard below; until then a failure elsewhere comes first
  await playKeepalived(house, 'tuned', round, values);
  values.add(clientValue('clientOurs', round, second, await back));
  await hostOf(house, second.from).startHaproxy();

  values.add(overValue(round, await patient.cutActive(), plan.delaySeconds * 1_000));
}

/** When the client was served by another host than the failed one. */
async function clientBack(client: Sightings, { from, issuedAt }: Move): Promise<number> {
  const isServed = (seen: string | null) => seen !== null && seen !== from;
  return (await client.until('the client is back', issuedAt, isServed, clientPatienceMs)).at;
}

async function playKeepalived(house: House, kind: Kind, round: number, values: Values): Promise<void> {
  const standbys = house.instant.standbys();
  const [one, two] = (round % 2 === 0 ? standbys : standbys.toReversed()) as [LabStageMember, LabStageMember];
  const { stop, cut } = await keepalivedRound(house.stage, kind, [one, two], house.names.virtual, house.resolver);
  values.add(takeoverValue(kind === 'stock' ? 'stockStop' : 'tunedStop', round, stop));
  values.add(takeoverValue(kind === 'stock' ? 'stockCut' : 'tunedCut', round, cut));
  if (kind === 'tuned') values.add(clientValue('clientKeepalived', round, stop, stop.clientBackAt));
}

function hostOf({ stage }: House, name: string): LabStageMember {
  const found = stage.members.find((member) => member.name === name);
  if (found === undefined) throw new Error(`no host ${name}`);
  return found;
}
