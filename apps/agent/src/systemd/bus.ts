import type { Clock } from '../platform/clock.ts';
import type { UnitState } from '../unit-report.ts';
import { type DbusConnection, openConnection } from './dbus/connection.ts';
import { DbusFailure } from './dbus/failure.ts';
import type { DbusMessage } from './dbus/message.ts';
import type { WireValue } from './dbus/signature.ts';
import { unitPath } from './unit-path.ts';

/** systemd as unit-watch.ts needs it, so that its tests need no bus. */
export interface SystemdBus {
  /** Reads a unit, and has its changes told from now on: none between the two is missed. Rejects with DbusFailure. */
  watch(unit: string): Promise<UnitState>;
  /** One reply, so the states in it belong together. Rejects with DbusFailure. */
  read(unit: string): Promise<UnitState>;
  close(): void;
}

export interface SystemdListener {
  onUnitSignal(unit: string): void;
  /** Units were reloaded, or systemd itself started anew: nothing that was known need still be so. */
  onEverythingMayHaveChanged(): void;
  onLost(why: string): void;
}

export type OpenSystemdBus = (listener: SystemdListener) => Promise<SystemdBus>;

const systemd = 'org.freedesktop.systemd1';
const managerInterface = 'org.freedesktop.systemd1.Manager';
const unitInterface = 'org.freedesktop.systemd1.Unit';
const properties = 'org.freedesktop.DBus.Properties';
const bus = 'org.freedesktop.DBus';

/** Connects and has systemd send signals at all, which it does only while somebody is subscribed. */
export async function openSystemdBus(socketPath: string, clock: Clock, listener: SystemdListener): Promise<SystemdBus> {
  const unitsByPath = new Map<string, string>();
  const connection = await openConnection(socketPath, clock, {
    onSignal: (signal) => tell(signal, unitsByPath, listener, () => void subscribe(connection).catch(() => undefined)),
    onClosed: (why) => listener.onLost(why),
  });
  await addMatch(connection, `sender='${systemd}',interface='${managerInterface}',member='Reloading'`);
  await addMatch(connection, `sender='${bus}',interface='${bus}',member='NameOwnerChanged',arg0='${systemd}'`);
  await subscribe(connection);

  async function follow(path: string, unit: string): Promise<void> {
    if (unitsByPath.get(path) === unit) return;
    const changes = `interface='${properties}',member='PropertiesChanged',arg0='${unitInterface}'`;
    await addMatch(connection, `sender='${systemd}',path='${path}',${changes}`);
    unitsByPath.set(path, unit);
  }

  return {
    async watch(unit) {
      await follow(unitPath(unit), unit);
      const first = await readUnit(connection, unit);
      if (first.path === unitPath(unit)) return first.state;
      await follow(first.path, unit); // an alias: signals come under the unit's own name
      return (await readUnit(connection, unit)).state;
    },
    read: async (unit) => (await readUnit(connection, unit)).state,
    close: () => connection.close('no longer needed'),
  };
}

function tell(
  signal: DbusMessage,
  unitsByPath: ReadonlyMap<string, string>,
  listener: SystemdListener,
  subscribeAgain: () => void,
): void {
  if (signal.member === 'PropertiesChanged') {
    const unit = unitsByPath.get(signal.path);
    if (unit !== undefined) listener.onUnitSignal(unit);
    return;
  }
  if (signal.member === 'NameOwnerChanged' && signal.interface === bus) {
    if (signal.body[2] === '') return; // systemd left the bus; the next signal says that it is back
    subscribeAgain();
    listener.onEverythingMayHaveChanged();
  }
  if (signal.member === 'Reloading' && signal.body[0] === false) listener.onEverythingMayHaveChanged();
}

/**
 * ListUnitsByNames and not Properties.Get: one reply has the three states and the pending job's type of one
 * instant (four Gets could mix two), a unit that is not loaded is loaded for it, and it is a twentieth of GetAll.
 */
async function readUnit(connection: DbusConnection, unit: string): Promise<{ state: UnitState; path: string }> {
  const [list] = await connection.call({
    ...managerCall('ListUnitsByNames'),
    signature: 'as',
    body: [[unit]],
  });
  const [row] = Array.isArray(list) ? (list as readonly WireValue[]) : [];
  const [, , loadState, activeState, subState, , path, , jobType] = Array.isArray(row) ? (row as WireValue[]) : [];
  const texts = [loadState, activeState, subState, path, jobType];
  if (!texts.every((text) => typeof text === 'string')) {
    throw new DbusFailure('malformed', `systemd answered for ${unit} in another form`);
  }
  return {
    state: {
      loadState: loadState as string,
      activeState: activeState as string,
      subState: subState as string,
      job: jobType === '' ? null : (jobType as string),
    },
    path: path as string,
  };
}

async function subscribe(connection: DbusConnection): Promise<void> {
  await connection.call(managerCall('Subscribe')).catch((error: unknown) => {
    if (!(error instanceof DbusFailure) || !error.dbusName.endsWith('AlreadySubscribed')) throw error;
  });
}

function managerCall(member: string) {
  return { destination: systemd, path: '/org/freedesktop/systemd1', interface: managerInterface, member };
}

async function addMatch(connection: DbusConnection, rule: string): Promise<void> {
  await connection.call({
    destination: bus,
    path: '/org/freedesktop/DBus',
    interface: bus,
    member: 'AddMatch',
    signature: 's',
    body: [`type='signal',${rule}`],
  });
}
