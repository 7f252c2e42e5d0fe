import { expect, it } from 'vitest';
import type { PublicationUpdate } from '../../../../apps/server/src/worker/ports.ts';
import { addressOf } from '../../builders.ts';
import type { DnsOutcome } from '../observer.ts';
import { acknowledgedIsTrue } from './acknowledged.ts';
import { callOf, name, type Stage, setStage } from './testing/stage.ts';

const told: PublicationUpdate = {
  bindingId: name,
  state: 'verifying',
  epoch: 2,
  address: addressOf(2),
  error: null,
  servers: [],
  step: 'acknowledged',
};

/** The pool has moved to member 2; r1 reads or writes its name, and tells it as acknowledged. */
function judged(prepare: (stage: Stage) => void): readonly string[] {
  const stage = setStage(acknowledgedIsTrue);
  stage.promote({}, 1_000);
  prepare(stage);
  stage.judge.onPublication?.(told, 'r1', 5_000);
  return stage.breaches;
}

function call(stage: Stage, verb: 'read' | 'replace', outcome: DnsOutcome, epoch = 2, replica = 'r1'): void {
  const one = callOf({ verb, replica, ...(verb === 'replace' && { epoch, address: addressOf(2) }) });
  stage.judge.onDnsCallStarted?.(one, 2_000);
  stage.judge.onDnsCallEnded?.(one, outcome, 3_000);
}

it.each<[string, (stage: Stage) => void]>([
  ['its write went well', (stage) => call(stage, 'replace', 'ok')],
  ['the provider had it already', (stage) => call(stage, 'replace', 'already')],
  [
    'it was read to hold it',
    (stage) => {
      stage.held = [addressOf(2)];
      call(stage, 'read', 'ok');
    },
  ],
])('a name is told as acknowledged when %s', (_name, prepare) => expect(judged(prepare)).toEqual([]));

it.each<[string, (stage: Stage) => void]>([
  ['nobody asked the provider', () => {}],
  ['its write failed', (stage) => call(stage, 'replace', 'error:dns_server_failure')],
  ['its write was not sent', (stage) => call(stage, 'replace', 'unsent')],
  ['the write was of another epoch', (stage) => call(stage, 'replace', 'ok', 1)],
  ['another process wrote it', (stage) => call(stage, 'replace', 'ok', 2, 'r2')],
  ['it was read to hold another address', (stage) => call(stage, 'read', 'ok')],
  [
    'its process has been started since',
    (stage) => {
      call(stage, 'replace', 'ok');
      stage.judge.onReplica?.('r1', 'started', 4_000);
    },
  ],
])('a name that is told as acknowledged is seen when %s', (_name, prepare) => expect(judged(prepare)).toHaveLength(1));
