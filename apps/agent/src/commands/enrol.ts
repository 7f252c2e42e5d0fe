import { agentPaths, type EnrolReply, type EnrolRequest, protocolVersion } from '@serverctl/contract/agent';
import type { EnrolCommand, InstallCommand } from '../command-line.ts';
import { AgentFailure } from '../errors.ts';
import { createHostname } from '../hostname.ts';
import type { HttpClient } from '../http-client.ts';
import { adoptIdentity, layDown, readConfig } from '../identity.ts';
import { interruptible } from '../interruption.ts';
import { callAt, type PlaneOutcome } from '../plane.ts';
import { isUnreachableFromOutside, publicIpv4Problem, publicIpv6Problem } from '../public-address.ts';
import { parseEnrolReply, type Refusal } from '../replies.ts';
import { createTrust, readCaFile, type Trust } from '../trust.ts';
import { normalUrl, urlProblem } from '../urls.ts';
import { agentVersion } from '../version.ts';

export interface EnrolParts {
  readonly createClient: (trust: Trust) => HttpClient;
  readonly stateDirectory: string;
  /** Asked last, when everything else is in order: a one-time secret should not be typed in vain. */
  readonly readSecret: () => Promise<string>;
  readonly say: (text: string) => void;
  readonly warn: (text: string) => void;
}

/** What both commands that enrol ask for. */
type Enrolment = EnrolCommand | InstallCommand;

/** A person waits for this, and a slow answer is better than a secret used up for nothing. */
const enrolTimeoutMs = 10_000;

/** Makes this host a member. The private key never leaves it (R34). Throws AgentFailure. */
export async function enrol(command: Enrolment, parts: EnrolParts): Promise<void> {
  const urls = checkedUrls(command);
  const publicIpv4 = checkedAddress('--public-ipv4', command.publicIpv4, publicIpv4Problem, parts.warn);
  const publicIpv6 = checkedAddress('--public-ipv6', command.publicIpv6, publicIpv6Problem, parts.warn);
  const ca = command.caFile === undefined ? null : await readCaFile(command.caFile);
  const former = await readConfig(parts.stateDirectory);
  if (former !== null && !command.replace) {
    throw new AgentFailure('already_enrolled', `This host is member ${former.memberId} of pool ${former.poolName}.`);
  }
  const hostname = createHostname(command.hostname ?? null)();
  const secret = await parts.readSecret();
  const { publicKey, keyFile, caFile, discard } = await layDown(parts.stateDirectory, ca);
  const client = parts.createClient(createTrust(ca));
  try {
    const body: EnrolRequest = { protocol: protocolVersion, secret, hostname, publicKey, agentVersion };
    const { url, reply } = await interruptible(askEach(client, urls, body));
    await adoptIdentity(parts.stateDirectory, {
      memberId: reply.memberId,
      poolName: reply.poolName,
      urls: mergedUrls(url, urls, reply),
      hostname: command.hostname ?? null,
      publicIpv4,
      publicIpv6,
      keyFile,
      caFile,
    });
    parts.say(`Enrolled: ${hostname} is member ${reply.memberId} of pool ${reply.poolName}, at ${url}.`);
    if (former !== null && command.kind === 'enrol')
      parts.say('A running agent goes on as this member by itself within seconds; no restart is needed.');
  } catch (error) {
    await discard();
    throw error;
  } finally {
    client.close();
  }
}

/** Each address once. Only an address that did not judge the secret is followed by the next one. */
async function askEach(
  client: HttpClient,
  urls: readonly string[],
  body: EnrolRequest,
): Promise<{ readonly url: string; readonly reply: EnrolReply }> {
  const failed: string[] = [];
  for (const url of urls) {
    const call = { path: agentPaths.enrol, body, parse: parseEnrolReply };
    const outcome: PlaneOutcome<EnrolReply> = await callAt(client, url, call, enrolTimeoutMs);
    if (outcome.kind === 'ok') return outcome;
    if (outcome.kind === 'refused') {
      const { code, remedy } = outcome;
      const message = outcome.message + seenAndAllowed(outcome);
      const isPerhapsUsed = code === 'enrolment_secret_invalid' && failed.length > 0;
      throw new AgentFailure('plane_refused', isPerhapsUsed ? message + usedUpHint(failed) : message, { code, remedy });
    }
    failed.push(`${url} (${outcome.detail})`);
  }
  throw new AgentFailure('plane_unreachable', `No control plane answered: ${failed.join(', ')}.`);
}

/** What there is to mend: the address or the name that the control plane saw, and those it takes. */
function seenAndAllowed({ seen, allowed }: Refusal): string {
  const parts = [seen !== null && `seen: ${seen}`, allowed !== null && `allowed: ${allowed}`].filter(Boolean);
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`;
}

/** A try without a reply may have been carried out, and the secret is for one use (R34). */
function usedUpHint(failed: readonly string[]): string {
  return ` A try before had no answer and may have used the secret up: ${failed.join(', ')}. If so, a new install line is needed.`;
}

function checkedUrls({ kind, urls }: Enrolment): readonly string[] {
  if (urls.length === 0) throw new AgentFailure('usage', `${kind} needs --url, the address of the control plane.`);
  for (const url of urls) {
    const problem = urlProblem(url);
    if (problem !== null) throw new AgentFailure('usage', `--url: ${problem}.`);
  }
  return [...new Set(urls.map(normalUrl))];
}

type WhyNot = (address: string) => string | null;

function checkedAddress(
  option: string,
  address: string | undefined,
  problemOf: WhyNot,
  warn: EnrolParts['warn'],
): string | null {
  if (address === undefined) return null;
  const problem = problemOf(address);
  if (problem !== null) throw new AgentFailure('usage', `${option}: ${problem}.`);
  if (isUnreachableFromOutside(address))
    warn(`${address} cannot be reached from the internet; a record will hold it all the same.`);
  return address;
}

/** The one that answered first, then the control plane's own list, then what the operator named; what cannot be used is left out. */
function mergedUrls(answered: string, given: readonly string[], reply: EnrolReply): readonly string[] {
  const told = reply.urls.filter((url) => urlProblem(url) === null).map(normalUrl);
  return [...new Set([answered, ...told, ...given])];
}
