import { createBeat } from '../beat.ts';
import { createConditionLog } from '../condition-log.ts';
import { AgentFailure, type ExitCode, exitCodes } from '../errors.ts';
import type { Host } from '../host.ts';
import { createHostname } from '../hostname.ts';
import { createHttpClient } from '../http-client.ts';
import { type AgentConfig, type Identity, loadIdentity } from '../identity.ts';
import { watchIdentity } from '../identity-watch.ts';
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
  readonly openHost: (onChange: () => void) => Host;
  /** Resolves when the agent is asked to stop. */
  readonly untilStopped: Promise<void>;
}

/**
 * Sends heartbeats until it is told to stop. A host that is enrolled anew meanwhile goes on at once as whom it is now: key, session
 * and addresses are new, what is known of its units stays. Throws AgentFailure.
 */
export async function run(parts: RunParts): Promise<ExitCode> {
  const { clock, random, log, stateDirectory } = parts;
  const identity = await loadIdentity(stateDirectory);
  if (identity === null) throw new AgentFailure('not_enrolled', `There is no enrolment in ${stateDirectory}.`);
  const lastKnown = await readLastKnown(stateDirectory);

  const client = createHttpClient(clock);
  const host = parts.openHost(() => loop.changed());
  const { serviceManager } = host;
  const version = agentVersion + serviceManager.versionSuffix;
  const setIntervalMs = (intervalMs: number) => loop.setIntervalMs(intervalMs);
  const keep = (known: LastKnown) => writeLastKnown(stateDirectory, known);
  const onReply = createWishes({ log, keep, serviceManager, lastKnown, setIntervalMs });

  function loopOf({ config, sign }: Identity): HeartbeatLoop {
    const { memberId, publicIpv4, urls } = config;
    const plane = createPlane(client, createUrlChoice(urls, clock));
    const declared = { hostname: createHostname(config.hostname), publicIpv4 };
    const tell = createConditionLog(log);
    const beat = createBeat({
      plane,
      session: createSession(plane, { memberId, sign }, clock),
      readHost: () => host.read(declared),
      agentVersion: version,
      onReply,
      onCondition(condition) {
        tell(condition);
        if (condition.code === 'agent_key_unknown') watch.look();
      },
    });
    return new HeartbeatLoop({ clock, random, urlCount: urls.length, beat });
  }

  const onChanged = (changed: Identity) => {
    loop.stop();
    announce(log, 'this host was enrolled anew; going on as whom it is now', changed.config, version);
    loop = loopOf(changed);
    loop.start();
  };
  const watch = watchIdentity(identity.config, { clock, log, stateDirectory, onChanged });
  let loop = loopOf(identity);
  announce(log, 'serverctl-agent starts', identity.config, version);
  serviceManager.watch(lastKnown?.units ?? []);
  loop.start();
  await parts.untilStopped;
  watch.stop();
  loop.stop();
  serviceManager.close();
  client.close();
  log.info('stopped');
  return exitCodes.done;
}

function announce(log: Log, words: string, { memberId, poolName, urls }: AgentConfig, version: string): void {
  log.info(words, { version, memberId, poolName, urls: urls.join(' ') });
  for (const url of urls.filter(isReadableOnTheWay)) log.warn('not https: tokens can be read on the way', { url });
}
