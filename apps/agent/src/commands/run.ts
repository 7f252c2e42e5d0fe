import { createBeat } from '../beat.ts';
import { createConditionLog } from '../condition-log.ts';
import { AgentFailure, type ExitCode, exitCodes } from '../errors.ts';
import type { Host } from '../host.ts';
import { createHttpClient } from '../http-client.ts';
import { type AgentConfig, loadSigner, readConfig } from '../identity.ts';
import { type LastKnown, readLastKnown, writeLastKnown } from '../last-known.ts';
import { HeartbeatLoop } from '../loop.ts';
import { createPlane } from '../plane.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { Random } from '../platform/random.ts';
import { createSession } from '../session.ts';
import { createUrlChoice, isReadableOnTheWay } from '../urls.ts';
import { agentVersion } from '../version.ts';
import { createWishes } from '../wishes.ts';

export interface RunParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly stateDirectory: string;
  /** Opens the host; called once the identity is known to be there. */
  readonly openHost: (config: AgentConfig, onChange: () => void) => Host;
  /** Resolves when the agent is asked to stop. */
  readonly untilStopped: Promise<void>;
}

/** Sends heartbeats until it is told to stop, or until a newer start of this agent is known. Throws AgentFailure. */
export async function run(parts: RunParts): Promise<ExitCode> {
  const { clock, random, log, stateDirectory } = parts;
  const config = await readConfig(stateDirectory);
  if (config === null) throw new AgentFailure('not_enrolled', `There is no enrolment in ${stateDirectory}.`);
  const sign = await loadSigner(stateDirectory, config);
  const lastKnown = await readLastKnown(stateDirectory);

  const client = createHttpClient(clock);
  const plane = createPlane(client, createUrlChoice(config.urls, clock));
  const host = parts.openHost(config, () => loop.changed());
  const { serviceManager } = host;
  const setIntervalMs = (intervalMs: number) => loop.setIntervalMs(intervalMs);
  const keep = (known: LastKnown) => writeLastKnown(stateDirectory, known);
  const superseded = Promise.withResolvers<'superseded'>();
  const beat = createBeat({
    plane,
    session: createSession(plane, { memberId: config.memberId, sign }, clock),
    readHost: host.read,
    agentVersion: agentVersion + serviceManager.versionSuffix,
    onReply: createWishes({ log, keep, serviceManager, lastKnown, setIntervalMs }),
    onCondition: createConditionLog(log),
  });
  const onEnd = () => superseded.resolve('superseded');
  const loop = new HeartbeatLoop({ clock, random, urlCount: config.urls.length, beat, onEnd });

  announce(log, config, agentVersion + serviceManager.versionSuffix);
  serviceManager.watch(lastKnown?.units ?? []);
  loop.start();
  const end = await Promise.race([parts.untilStopped, superseded.promise]);
  loop.stop();
  serviceManager.close();
  client.close();
  if (end === 'superseded') {
    log.error(
      'a newer start of this agent is known; this one ends, and its unit starts it anew with a number of its own',
    );
    return exitCodes.superseded;
  }
  log.info('stopped');
  return exitCodes.done;
}

function announce(log: Log, { memberId, poolName, urls }: AgentConfig, version: string): void {
  log.info('serverctl-agent starts', { version, memberId, poolName, urls: urls.join(' ') });
  for (const url of urls.filter(isReadableOnTheWay)) log.warn('not https: tokens can be read on the way', { url });
}
