import { execFile } from 'node:child_process';
import type { UnitState } from '../unit-report.ts';

/**
 * What `systemctl` says of units: the second opinion of unit-watch.ts. As root it asks systemd over a socket of its
 * own, so it also sees what a bus that hangs does not. It costs about 11 ms of CPU, which is why it is asked rarely.
 */
export type ShowUnits = (units: readonly string[]) => Promise<ReadonlyMap<string, UnitState> | null>;

const systemctlTimeoutMs = 5_000;
const outputLimitBytes = 64 * 1024;
const shownProperties = 'LoadState,ActiveState,SubState,Job';

/** Null when it cannot be asked. Fixed arguments, no shell; names were checked before they came here. Never rejects. */
export const showUnits: ShowUnits = (units) => {
  if (units.length === 0) return Promise.resolve(new Map());
  const options = {
    timeout: systemctlTimeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: outputLimitBytes,
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', SYSTEMD_PAGER: '', SYSTEMD_COLORS: '0' },
  } as const;
  return new Promise((resolve) => {
    execFile('systemctl', ['show', `--property=${shownProperties}`, '--', ...units], options, (error, output) =>
      resolve(error === null ? parseShow(units, output) : null),
    );
  });
};

/** One block of `Name=value` lines a unit, in the order asked, an empty line between. Null when that is not what came. */
export function parseShow(units: readonly string[], output: string): ReadonlyMap<string, UnitState> | null {
  const blocks = output.trim().split(/\n\s*\n/);
  if (blocks.length !== units.length) return null;
  const states = new Map<string, UnitState>();
  for (const [index, block] of blocks.entries()) {
    const values = new Map(block.split('\n').map((line) => splitAt(line, line.indexOf('='))));
    const loadState = values.get('LoadState');
    const activeState = values.get('ActiveState');
    const subState = values.get('SubState');
    if (!loadState || !activeState || !subState) return null;
    // systemctl shows the number of a job and not its type.
    const hasJob = !['', '0', undefined].includes(values.get('Job'));
    states.set(units[index] as string, { loadState, activeState, subState, job: hasJob ? 'unknown' : null });
  }
  return states;
}

function splitAt(line: string, index: number): [string, string] {
  return index < 0 ? [line, ''] : [line.slice(0, index), line.slice(index + 1).trim()];
}
