import { appendFileSync, writeFileSync } from 'node:fs';
import type { PromotionView } from '@serverctl/contract';
import type { Takeover } from './keepalived.ts';
import type { Move } from './pool-runner.ts';

/** What is measured, in words; the order of the table. */
export const measures = {
  stopDefault: 'ours, HAProxy stopped, grace 1000 ms',
  stopGrace0: 'ours, HAProxy stopped, grace 0',
  cutOver: 'ours, cable out, over last heartbeat + 10 s',
  stockStop: 'keepalived stock, HAProxy stopped',
  stockCut: 'keepalived stock, cable out',
  tunedStop: 'keepalived tuned, HAProxy stopped',
  tunedCut: 'keepalived tuned, cable out',
  clientOurs: 'client back, ours, HAProxy stopped',
  clientKeepalived: 'client back, keepalived tuned, HAProxy stopped',
} as const;
export type Measure = keyof typeof measures;

/** One measured value with the points on its way, in ms since the fault. */
export interface Value {
  readonly measure: Measure;
  readonly round: number;
  readonly ms: number;
  readonly at: string;
  readonly from: string;
  readonly to: string;
  readonly way: Readonly<Record<string, number>>;
}

/** Keeps every single value, in memory and at once in a file of one JSON object a line. */
export interface Values {
  readonly file: string;
  readonly all: readonly Value[];
  add(value: Value): void;
  of(measure: Measure): readonly number[];
}

export function keepValues(file: string): Values {
  writeFileSync(file, '');
  const all: Value[] = [];
  return {
    file,
    all,
    add(value) {
      all.push(value);
      appendFileSync(file, `${JSON.stringify(value)}\n`);
    },
    of: (measure) => all.filter((value) => value.measure === measure).map(({ ms }) => ms),
  };
}

/** From the command on the host to the first authoritative answer of the new address. */
export function stopValue(measure: Measure, round: number, move: Move): Value {
  return measured(measure, round, move, move.answeredAt - move.issuedAt, wayOf(move));
}

/** What we add to the time for which we must wait: the last accepted heartbeat and the failover delay (the control plane's own timeline). */
export function overValue(round: number, move: Move, delayMs: number): Value {
  const lastHeartbeatAt = stepAt(move.promotion, 'last-heartbeat');
  if (lastHeartbeatAt === null) throw new Error(`the promotion to ${move.to} names no last heartbeat`);
  return measured('cutOver', round, move, move.answeredAt - lastHeartbeatAt - delayMs, wayOf(move));
}

export function takeoverValue(measure: Measure, round: number, takeover: Takeover): Value {
  const { stopped, issuedAt, answeredAt } = takeover;
  return measured(measure, round, takeover, answeredAt - issuedAt, stoppedWay(stopped, issuedAt));
}

export function clientValue(measure: Measure, round: number, fault: Move | Takeover, backAt: number): Value {
  return measured(measure, round, fault, backAt - fault.issuedAt, { served: fault.answeredAt - fault.issuedAt });
}

function measured(
  measure: Measure,
  round: number,
  { from, to, issuedAt }: Pick<Move, 'from' | 'to' | 'issuedAt'>,
  ms: number,
  way: Value['way'],
): Value {
  const rounded = Object.entries(way).map(([point, value]) => [point, tenths(value)]);
  const at = new Date(issuedAt).toISOString();
  return { measure, round, ms: tenths(ms), at, from, to, way: Object.fromEntries(rounded) };
}

function wayOf({ stopped, issuedAt, answeredAt, promotion }: Move): Value['way'] {
  const points = promotion.steps.map(({ step, at }) => [step, Date.parse(at) - issuedAt] as const);
  const own = points.filter(([step]) => step !== 'old-ttl-elapsed');
  return { ...stoppedWay(stopped, issuedAt), ...Object.fromEntries(own), seen: answeredAt - issuedAt };
}

function stoppedWay(stopped: Move['stopped'], issuedAt: number): Value['way'] {
  return stopped === null ? {} : { left: stopped.leftAt - issuedAt, inactive: stopped.inactiveAt - issuedAt };
}

function stepAt({ steps }: PromotionView, name: PromotionView['steps'][number]['step']): number | null {
  const found = steps.find(({ step }) => step === name);
  return found === undefined ? null : Date.parse(found.at);
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
