import { rename, writeFile } from 'node:fs/promises';

/** HAProxy's unit as a file says it to an agent without systemd. */
export interface SimulatedUnit {
  isActive(): boolean;
  set(activeState: 'active' | 'inactive', subState: string): Promise<void>;
  /** What its HAProxy says that it carries; nothing while the unit does not run. */
  carry(traffic: object): Promise<void>;
}

/** Active, and carrying nothing that is known. */
export async function simulatedUnit(stateFile: string): Promise<SimulatedUnit> {
  let unit = { activeState: 'active', subState: 'running' };
  let traffic: object | null = null;
  let last: Promise<void> = Promise.resolve();
  const isActive = () => unit.activeState === 'active';
  // One after the other, and renamed into place: the agent never reads half a file.
  const write = () => {
    last = last
      .catch(() => undefined) // told to whoever asked for it
      .then(async () => {
        const running = isActive() && traffic !== null ? { traffic } : {};
        await writeFile(`${stateFile}.new`, JSON.stringify({ units: { 'haproxy.service': unit }, ...running }));
        await rename(`${stateFile}.new`, stateFile);
      });
    return last;
  };
  await write();
  return {
    isActive,
    set(activeState, subState) {
      unit = { activeState, subState };
      return write();
    },
    carry(carried) {
      traffic = carried;
      return write();
    },
  };
}
