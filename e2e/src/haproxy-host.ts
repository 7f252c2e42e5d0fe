import type { LabStageMember } from './lab-stage.ts';

/** HAProxy on a host as systemd and the kernel have it: unit, every process with its start time, configuration file. Equal = untouched. */
export async function haproxyAsItIs(member: LabStageMember): Promise<string> {
  const script = `systemctl show -p ActiveState -p MainPID -p NRestarts -p ActiveEnterTimestampMonotonic haproxy.service
    for pid in $(pgrep -x haproxy); do cut -d' ' -f1,2,22 /proc/$pid/stat; done
    stat -c '%n inode %i changed %Y' /etc/haproxy/haproxy.cfg`;
  return (await member.run(['sh', '-c', script])).stdout;
}

export async function mainPid(member: LabStageMember, unit: string): Promise<string> {
  return (await member.run(['systemctl', 'show', '--property=MainPID', '--value', unit])).stdout.trim();
}

export async function activeState(member: LabStageMember, unit: string): Promise<string> {
  return (await member.run(['systemctl', 'show', '--property=ActiveState', '--value', unit])).stdout.trim();
}

const dropIn = '/etc/systemd/system/haproxy.service.d/scenario.conf';
const configuration = '/etc/haproxy/haproxy.cfg';

/** Gives HAProxy's unit further settings until `resetUnit`. */
export async function setUnit(member: LabStageMember, settings: readonly string[]): Promise<void> {
  await member.host.writeFile(dropIn, `${settings.join('\n')}\n`);
  await member.run(['systemctl', 'daemon-reload']);
}

/** The unit as Debian has it, started, whatever became of it. */
export async function resetUnit(member: LabStageMember): Promise<void> {
  await member.run(['rm', '-f', dropIn]);
  await member.run(['systemctl', 'daemon-reload']);
  await member.run(['systemctl', 'reset-failed', 'haproxy.service']);
  await member.run(['systemctl', 'start', 'haproxy.service']);
}

/** Writes another configuration without telling HAProxy; returns the way back. */
export async function editConfiguration(
  member: LabStageMember,
  edit: (text: string) => string,
): Promise<() => Promise<void>> {
  const before = await member.host.readFile(configuration);
  await member.host.writeFile(configuration, edit(before));
  return () => member.host.writeFile(configuration, before);
}

const echoServer = `require('node:net').createServer((socket) => {
  socket.on('error', () => undefined);
  socket.pipe(socket);
}).listen(9100, '127.0.0.1')`;

/** Where a session through HAProxy comes out again: whatever is sent comes back. Returns the port of HAProxy. */
export async function addEcho(member: LabStageMember): Promise<number> {
  await member.run(['systemd-run', '--quiet', '--unit=scenario-echo', '/opt/node/bin/node', '-e', echoServer]);
  await editConfiguration(
    member,
    (text) => `${text}\nlisten echo\n  mode tcp\n  bind :8081\n  server echo 127.0.0.1:9100\n`,
  );
  await member.run(['systemctl', 'reload', 'haproxy.service']);
  return 8081;
}
