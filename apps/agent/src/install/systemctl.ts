import { execFile } from 'node:child_process';

export interface Finished {
  readonly status: number;
  /** Both outputs, for whoever reads a failure. */
  readonly output: string;
}

/** Runs systemctl with these arguments; never rejects. */
export type Systemctl = (args: readonly string[]) => Promise<Finished>;

/** Longer than a service may take to stop by systemd's default of 90 s. */
const timeoutMs = 120_000;
const couldNotRun = 127;

/** Fixed arguments, no shell (R27). */
export const systemctl: Systemctl = (args) => {
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C', SYSTEMD_PAGER: '', SYSTEMD_COLORS: '0' };
  const options = { timeout: timeoutMs, killSignal: 'SIGKILL', env } as const;
  return new Promise((resolve) => {
    execFile('systemctl', [...args], options, (error, output, errors) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : couldNotRun;
      const words = `${output}${errors}`.trim();
      resolve({ status, output: words === '' && error !== null ? error.message : words });
    });
  });
};
