import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type InstallCommand, parseCommandLine } from '../command-line.ts';
import { install } from '../commands/install.ts';
import { uninstall } from '../commands/uninstall.ts';
import { writeHeardMark } from '../heard-mark.ts';
import { createHttpClient } from '../http-client.ts';
import { readConfig } from '../identity.ts';
import type { Installer } from '../install/host-checks.ts';
import { installPaths } from '../install/paths.ts';
import { FakeClock } from './fake-clock.ts';
import { FakePlane } from './fake-plane.ts';
import { createFakeSystemctl } from './fake-systemctl.ts';

/** What a host has that never had an agent. */
const bare = ['run/systemd/system', 'var/lib', 'usr/local/bin', 'etc/systemd/system/multi-user.target.wants'];

/** A host's root as a directory, with systemd, a control plane on loopback, and an agent's file to install. */
export async function createBareHost() {
  const plane = await new FakePlane().start();
  const folder = await mkdtemp(join(tmpdir(), 'sct-host-'));
  const root = join(folder, 'root');
  for (const directory of bare) await mkdir(join(root, directory), { recursive: true });
  const executable = join(folder, 'downloaded');
  await writeFile(executable, 'the agent, first');
  onTestFinished(async () => {
    await plane.stop();
    await rm(folder, { recursive: true });
  });
  const paths = installPaths(root);
  const fake = createFakeSystemctl(paths);
  /** A service that works is heard. */
  fake.onStart = async () => {
    const identity = await readConfig(paths.stateDirectory);
    if (identity !== null) await writeHeardMark(paths.runtimeDirectory, identity);
  };
  const clock = new FakeClock();
  const said: string[] = [];
  const asked = { secret: 0, confirm: 0, questions: [] as string[] };
  const say = (text: string) => void said.push(text);
  const installer: Installer = { paths, isRoot: true, architecture: 'x64', executable };

  function installWith(args: readonly string[], other: Partial<Installer> = {}) {
    return install(parseCommandLine(['install', ...args]) as InstallCommand, {
      createClient: (trust) => createHttpClient(new FakeClock(), trust),
      async readSecret() {
        asked.secret += 1;
        return plane.secret;
      },
      ...{ say, warn: say, clock, systemctl: fake.systemctl, installer: { ...installer, ...other } },
    });
  }
  return {
    ...{ root, paths, plane, executable, fake, clock, said, asked },
    install: (...args: string[]) => installWith(['--url', plane.url, '--hostname', 'm1.lab.test', ...args]),
    installWith,
    uninstall: (yes = true, answer = true, isRoot = true) =>
      uninstall(yes, {
        ...{ paths, isRoot, systemctl: fake.systemctl, say },
        async confirm(question: string) {
          asked.questions.push(question);
          asked.confirm += 1;
          return answer;
        },
      }),
    files: async () => (await readdir(root, { recursive: true })).sort(),
    /** Something that only the operator puts there. */
    put: async (path: string, text: string) => {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    },
  };
}
