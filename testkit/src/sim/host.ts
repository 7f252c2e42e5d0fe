import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import type { MemberId } from '@serverctl/core';
import { createBeat } from '../../../apps/agent/src/beat.ts';
import { readHost } from '../../../apps/agent/src/host-state.ts';
import type { HttpClient } from '../../../apps/agent/src/http-client.ts';
import type { LastKnown } from '../../../apps/agent/src/last-known.ts';
import { HeartbeatLoop } from '../../../apps/agent/src/loop.ts';
import type { Condition } from '../../../apps/agent/src/outcome.ts';
import { createPlane } from '../../../apps/agent/src/plane.ts';
import { createSession } from '../../../apps/agent/src/session.ts';
import { createUrlChoice } from '../../../apps/agent/src/urls.ts';
import { createWishes } from '../../../apps/agent/src/wishes.ts';
import type { Haproxy } from './haproxy.ts';
import { ProcessClock, type WallClock } from './process-clock.ts';
import type { Stream } from './random.ts';
import type { HostTruth } from './truth.ts';
import type { WorldClock } from './world-clock.ts';

/*
 * One host: its power, its HAProxy, and the agent on it, which is the real one from the heartbeat loop down to its HTTP client. What its
 * disk keeps outlives the agent and the power: whom it is, its key, what the control plane last wanted.
 */

export interface HostParts {
  readonly name: string;
  readonly clock: WorldClock;
  readonly random: Stream;
  readonly wall: WallClock;
  readonly haproxy: Haproxy;
  readonly disk: Disk;
  /** Where the replicas see it come from (R36). */
  readonly peer: string;
  /** This host's requests, over its own ways. */
  readonly client: (agent: ProcessClock) => HttpClient;
}

export interface Disk {
  memberId: MemberId;
  hostname: string;
  publicIpv4: string | null;
  publicIpv6: string | null;
  key: AgentKey;
  urls: readonly string[];
  lastKnown: LastKnown | null;
}

export interface AgentKey {
  readonly privateKey: KeyObject;
  /** Raw, 32 bytes. */
  readonly publicKey: Buffer;
}

interface Agent {
  readonly clock: ProcessClock;
  readonly loop: HeartbeatLoop;
  readonly close: () => void;
}

const silentLog = { info: () => {}, warn: () => {}, error: () => {} };
const agentVersion = '0.1.0';

export class Host {
  readonly name: string;
  readonly haproxy: Haproxy;
  readonly disk: Disk;
  peer: string;
  packageLock = false;
  /** The agent's last word about the control plane. */
  condition: Condition | null = null;
  readonly #parts: HostParts;
  #agent: Agent | null = null;
  #hasPower = true;
  #poweredSince = 0;
  #agentSince = 0;
  #isFrozen = false;
  #declares: HostTruth['declares'] = { ipv4: null, ipv6: null };

  constructor(parts: HostParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.haproxy = parts.haproxy;
    this.disk = parts.disk;
    this.peer = parts.peer;
  }

  truth(): HostTruth {
    const { name: host, haproxy, packageLock } = this;
    return {
      host,
      memberId: this.disk.memberId,
      powered: this.#hasPower,
      agent: this.#agent === null ? 'gone' : this.#isFrozen ? 'frozen' : 'running',
      haproxy: haproxy.state,
      packageLock,
      since: { powered: this.#poweredSince, agent: this.#agentSince, haproxy: haproxy.sinceMs },
      declares: this.#declares,
      serves: this.#hasPower && haproxy.serves,
    };
  }

  /** Packets reach a host that has power, whatever its processes do. */
  get hasPower(): boolean {
    return this.#hasPower;
  }

  startAgent(): void {
    if (!this.#hasPower || this.#agent !== null || this.disk.urls.length === 0) return;
    this.#agentSince = this.#parts.clock.now();
    this.#isFrozen = false;
    this.#agent = this.#begin();
  }

  killAgent(): void {
    this.#agent?.clock.kill();
    this.#agent?.close();
    this.#agent = null;
    this.#agentSince = this.#parts.clock.now();
  }

  freezeAgent(frozen: boolean): void {
    this.#isFrozen = frozen && this.#agent !== null;
    if (frozen) this.#agent?.clock.stop();
    else this.#agent?.clock.resume();
  }

  /** The whole machine stands still, as a virtual one does while it is moved. */
  suspend(suspended: boolean): void {
    this.#isFrozen = suspended && this.#agent !== null;
    if (suspended) this.#agent?.clock.suspend();
    else this.#agent?.clock.resume();
  }

  cutPower(): void {
    this.killAgent();
    this.#hasPower = false;
    this.#poweredSince = this.#parts.clock.now();
  }

  /** Boots: HAProxy and the agent come up. */
  power(): void {
    if (this.#hasPower) return;
    this.#hasPower = true;
    this.#poweredSince = this.#parts.clock.now();
    this.packageLock = false;
    this.haproxy.boot();
    this.startAgent();
  }

  /** The host was enrolled, or enrolled anew: its agent goes on as whom it is now. */
  enrolled(key: AgentKey, urls: readonly string[]): void {
    Object.assign(this.disk, { key, urls });
    this.killAgent();
    this.startAgent();
  }

  /** A client of a command that somebody runs on the host. */
  command(): { readonly clock: ProcessClock; readonly client: HttpClient } {
    const clock = this.#clock();
    return { clock, client: this.#parts.client(clock) };
  }

  #clock(): ProcessClock {
    const { clock, random, wall } = this.#parts;
    return new ProcessClock(clock, { startMs: random.between(1e3, 1e9), wall });
  }

  #begin(): Agent {
    const { random, disk } = this.#parts;
    const clock = this.#clock();
    const client = this.#parts.client(clock);
    const plane = createPlane(client, createUrlChoice(disk.urls, clock));
    const manager = this.haproxy.manager(() => clock.deliver(() => loop.changed()));
    const { memberId, publicIpv4, publicIpv6, key } = disk;
    this.#declares = { ipv4: publicIpv4, ipv6: publicIpv6 };
    const keep = async (known: LastKnown) => {
      disk.lastKnown = known;
    };
    const beat = createBeat({
      plane,
      session: createSession(plane, { memberId, sign: (text) => signed(key, text) }, clock),
      readHost: () =>
        readHost({
          hostname: () => disk.hostname,
          publicIpv4,
          publicIpv6,
          serviceManager: manager,
          packageLock: async () => this.packageLock,
          answers: async () => this.haproxy.serves,
          takeTraffic: () => null,
        }),
      agentVersion,
      onReply: createWishes({
        log: silentLog,
        keep,
        serviceManager: manager,
        lastKnown: disk.lastKnown,
        setIntervalMs: (intervalMs) => loop.setIntervalMs(intervalMs),
      }),
      onCondition: (condition) => {
        this.condition = condition;
      },
    });
    const loop: HeartbeatLoop = new HeartbeatLoop({ clock, random, urlCount: disk.urls.length, beat });
    manager.watch(disk.lastKnown?.units ?? []);
    loop.start();
    return { clock, loop, close: () => manager.close() };
  }
}

function signed({ privateKey }: AgentKey, text: string): string {
  return sign(null, Buffer.from(text, 'utf8'), privateKey).toString('base64url');
}

/** PKCS #8 before the 32 bytes of an Ed25519 key (RFC 8410). */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The key pair that these 32 bytes make. */
export function keyFromBytes(bytes: Uint8Array): AgentKey {
  const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8Head, bytes]), format: 'der', type: 'pkcs8' });
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  return { privateKey, publicKey: Buffer.from(x, 'base64url') };
}
