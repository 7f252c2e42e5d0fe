import { mkdir, rm, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isThere } from '../install/files.ts';
import type { InstallPaths } from '../install/paths.ts';
import type { Finished, Systemctl } from '../install/systemctl.ts';

/** systemctl over a directory: does to the files what the real one does, strict about what it does not know. */
export interface FakeSystemctl {
  readonly systemctl: Systemctl;
  readonly calls: string[];
  /** The next command of this name fails. */
  failing: string | null;
  isActive: boolean;
  /** What the service does once it is started. */
  onStart: () => Promise<void>;
}

export function createFakeSystemctl(paths: InstallPaths): FakeSystemctl {
  const unit = 'serverctl-agent.service';
  const done: Finished = { status: 0, output: '' };
  const failed = (output: string): Finished => ({ status: 1, output });
  const commands: Readonly<Record<string, () => Promise<Finished>>> = {
    'daemon-reload': async () => done,
    [`enable --quiet ${unit}`]: async () => {
      if (!(await isThere(paths.unit))) return failed(`Unit file ${unit} does not exist.`);
      await mkdir(dirname(paths.wants), { recursive: true });
      await rm(paths.wants, { force: true });
      await symlink(paths.unit, paths.wants);
      return done;
    },
    [`disable --quiet ${unit}`]: async () => {
      if (!(await isThere(paths.unit))) return failed(`Unit file ${unit} does not exist.`);
      await rm(paths.wants, { force: true });
      return done;
    },
    [`restart ${unit}`]: async () => {
      await rm(paths.runtimeDirectory, { recursive: true, force: true });
      await mkdir(paths.runtimeDirectory, { recursive: true });
      fake.isActive = true;
      await fake.onStart();
      return done;
    },
    [`stop ${unit}`]: async () => {
      if (!fake.isActive && !(await isThere(paths.unit))) return { status: 5, output: `Unit ${unit} not loaded.` };
      await rm(paths.runtimeDirectory, { recursive: true, force: true });
      fake.isActive = false;
      return done;
    },
    [`is-active --quiet ${unit}`]: async () => (fake.isActive ? done : { status: 3, output: '' }),
    [`reset-failed ${unit}`]: async () => failed(`Unit ${unit} not loaded.`),
  };
  const fake: FakeSystemctl = {
    calls: [],
    failing: null,
    isActive: false,
    onStart: async () => undefined,
    async systemctl(args) {
      const line = args.join(' ');
      fake.calls.push(line);
      if (fake.failing !== null && args[0] === fake.failing) {
        fake.failing = null;
        return failed('systemd said no');
      }
      const command = commands[line];
      if (command === undefined) throw new Error(`systemctl ${line} is not one that the agent may run`);
      return command();
    },
  };
  return fake;
}
