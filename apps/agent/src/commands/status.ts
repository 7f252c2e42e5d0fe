import { AgentFailure, type ExitCode, exitCodes } from '../errors.ts';
import { createHostname } from '../hostname.ts';
import { readConfig } from '../identity.ts';
import { readLastKnown } from '../last-known.ts';
import { agentVersion } from '../version.ts';

/** Who this host is to the control plane, and what that last wanted. Sends nothing. Throws AgentFailure. */
export async function status(stateDirectory: string, json: boolean, say: (text: string) => void): Promise<ExitCode> {
  const config = await readConfig(stateDirectory);
  if (config === null) throw new AgentFailure('not_enrolled', `There is no enrolment in ${stateDirectory}.`);
  const { memberId, poolName, urls, publicIpv4, publicIpv6 } = config;
  const lastKnown = await readLastKnown(stateDirectory);
  const hostname = createHostname(config.hostname)();
  if (json) {
    say(JSON.stringify({ memberId, poolName, hostname, publicIpv4, publicIpv6, urls, lastKnown, agentVersion }));
    return exitCodes.done;
  }
  say(`Member     ${memberId} of pool ${poolName}`);
  say(`Hostname   ${hostname}`);
  const declared = [publicIpv4, publicIpv6].filter((address) => address !== null);
  say(`Public IP  ${declared.length === 0 ? 'as the control plane sees it' : declared.join(', ')}`);
  say(`Addresses  ${urls.join(', ')}`);
  if (lastKnown === null) say('Last word  none: the control plane has not answered a heartbeat yet');
  else say(`Last word  role ${lastKnown.role}, epoch ${lastKnown.epoch}, units ${lastKnown.units.join(' ') || 'none'}`);
  say(`Agent      ${agentVersion}; "systemctl status serverctl-agent" says whether it runs`);
  return exitCodes.done;
}
