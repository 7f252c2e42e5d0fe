import { createBeat } from '../beat.ts';
import { createConditionLog } from '../condition-log.ts';
import { AgentFailure, type ExitCode, exitCodes } from '../errors.ts';
import { writeHeardMark } from '../heard-mark.ts';
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
import { createTrust } from '../trust.ts';
import { createUrlChoice, urlProblem } from '../urls.ts';
import { agentVersion } from '../version.ts';
import { createWishes } from '../wishes.ts';

export interface RunParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly stateDirectory: string;
  /** Where it is told that we were heard (heard-mark.ts); null when the agent is not run as the service. */
  readonly runtimeDirectory: string | null;
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

  const host = parts.openHost(() => sending.changed());
  const { serviceManager } = host;
  const version = agentVersion + serviceManager.versionSuffix;
  const setIntervalMs = (intervalMs: number) => sending.setIntervalMs(intervalMs);
  const keep = (known: LastKnown) => writeLastKnown(stateDirectory, known);
  const onReply = createWishes({ log, keep, serviceManager, lastKnown, setIntervalMs });

  function startAs({ config, sign, ca }: Identity, words: string): Sending {
    const { memberId, publicIpv4, publicIpv6 } = config;
    announce(log, words, config, version);
    const urls = usableUrls(config, log);
    if (urls.length === 0) return nothingToSend;
    const client = createHttpClient(clock, createTrust(ca));
    const plane = createPlane(client, createUrlChoice(urls, clock));
    const declared = { hostname: createHostname(config.hostname), publicIpv4, publicIpv6 };
    const tell = createConditionLog(log);
    const markHeard = createHeardMark(parts, config);
    let isStopped = false;
    const beat = createBeat({
      plane,
      session: createSession(plane, { memberId, sign }, clock),
      readHost: () => host.read(declared),
      agentVersion: version,
      onReply,
      onCondition(condition) {
        if (isStopped) return; // its connections were closed under it
        tell(condition);
        if (condition.kind === 'heard') markHeard();
        if (condition.code === 'agent_key_unknown') watch.look();
      },
    });
    const loop = new HeartbeatLoop({ clock, random, urlCount: urls.length, beat });
    loop.start();
    return {
      changed: () => loop.changed(),
      setIntervalMs: (intervalMs) => loop.setIntervalMs(intervalMs),
      stop() {
        isStopped = true;
        loop.stop();
        client.close();
      },
    };
  }

  const onChanged = (changed: Identity) => {
    sending.stop();
    sending = startAs(changed, 'this host was enrolled anew; going on as whom it is now');
  };
  const watch = watchIdentity(identity.config, { clock, log, stateDirectory, onChanged });
  let sending = nothingToSend;
  serviceManager.watch(lastKnown?.units ?? []);
  sending = startAs(identity, 'serverctl-agent starts');
  await parts.untilStopped;
  watch.stop();
  sending.stop();
  host.close();
  log.info('stopped');
  return exitCodes.done;
}

/** The heartbeats of one identity, with its connections. */
interface Sending {
  changed(): void;
  setIntervalMs(intervalMs: number): void;
  stop(): void;
}

/** Until there is an address that may be used. A new enrolment ends it, without a restart. */
const nothingToSend: Sending = { changed: () => undefined, setIntervalMs: () => undefined, stop: () => undefined };

/** An older agent took plain http to other hosts; what it kept is told and never used (R37). */
function usableUrls({ urls }: AgentConfig, log: Log): readonly string[] {
  const problems = urls.map((url) => urlProblem(url));
  for (const problem of problems) if (problem !== null) log.error('an address is not used', { why: problem });
  const usable = urls.filter((_, index) => problems[index] === null);
  if (usable.length === 0)
    log.error('no address is left: nothing is sent. Enrol this host again with a new install line');
  return usable;
}

function createHeardMark({ runtimeDirectory, log }: RunParts, config: AgentConfig): () => void {
  let isMarked = runtimeDirectory === null;
  return () => {
    if (isMarked || runtimeDirectory === null) return;
    isMarked = true;
    writeHeardMark(runtimeDirectory, config).catch((error: unknown) =>
      log.warn('that we are heard could not be noted for the installer', { why: String(error) }),
    );
  };
}

function announce(log: Log, words: string, { memberId, poolName, urls }: AgentConfig, version: string): void {
  log.info(words, { version, memberId, poolName, urls: urls.join(' ') });
}
