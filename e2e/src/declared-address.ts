import type { LabStageMember } from './lab-stage.ts';

const configuration = '/var/lib/serverctl-agent/agent.json';

/**
 * The host’s public address is another one from now on, as after a new dial-in: its agent declares it. Written as the file is, with owner and
 * mode, since an enrolment with `--public-ipv4` would be a new one; the agent starts anew.
 */
export async function declareIpv4(member: LabStageMember, address: string): Promise<void> {
  const before = JSON.parse((await member.run(['cat', configuration])).stdout) as Record<string, unknown>; // the agent's own
  const text = JSON.stringify({ ...before, publicIpv4: address });
  await member.host.run(['sh', '-c', `cat >${configuration}`], { input: text });
  await member.run(['systemctl', 'restart', 'serverctl-agent.service']);
}
