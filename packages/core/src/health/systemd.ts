/**
 * What the agent reports of one systemd unit. `ActiveState`, `SubState` and the pending `Job` are read again 50 ms after the last
 * signal (PRODUCT.md section 4), because after a kill with `Restart=always` systemd shows `failed` for about 90 µs.
 */
export interface UnitReport {
  readonly unit: string;
  /** systemd's LoadState: `loaded`, `not-found`, `masked`, … */
  readonly loadState: string;
  /** systemd's ActiveState: `active`, `reloading`, `inactive`, `failed`, `activating`, `deactivating`, `maintenance`. */
  readonly activeState: string;
  /** systemd's SubState, e.g. `running`, `auto-restart`, `dead`. */
  readonly subState: string;
  /** Type of the pending job (`start`, `stop`, `restart`, …), null when there is none. */
  readonly job: string | null;
  /** While deactivating or reloading: does the stats socket or the service port still answer? null = not asked. */
  readonly answers: boolean | null;
}

/** The host-wide part of a heartbeat that matters to health. */
export interface HostReport {
  readonly units: readonly UnitReport[];
  /** A dpkg or rpm lock is held: HAProxy may be down for an upgrade. */
  readonly packageLock: boolean;
}
