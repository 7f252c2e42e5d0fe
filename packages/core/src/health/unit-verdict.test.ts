import { describe, expect, it } from 'vitest';
import type { UnitReport } from './systemd.ts';
import { judgeUnit } from './unit-verdict.ts';

const unit = (activeState: string, changes: Partial<UnitReport> = {}): UnitReport => {
  return {
    unit: 'haproxy.service',
    loadState: 'loaded',
    activeState,
    subState: 'x',
    job: null,
    answers: null,
    ...changes,
  };
};

describe('judgeUnit follows its table', () => {
  it.each([
    [unit('active'), 'running'],
    [unit('active', { job: 'restart' }), 'running'],
    [unit('reloading', { answers: null }), 'between'],
    [unit('reloading', { answers: false }), 'between'],
    [unit('reloading', { answers: true }), 'running'],
    [unit('activating'), 'between'],
    [unit('activating', { subState: 'auto-restart' }), 'between'],
    [unit('deactivating', { answers: true }), 'running'],
    [unit('deactivating', { answers: false }), 'down'],
    [unit('deactivating', { answers: null }), 'between'],
    [unit('inactive'), 'down'],
    [unit('failed'), 'down'],
    [unit('failed', { job: 'stop' }), 'down'],
    [unit('inactive', { job: 'start' }), 'between'],
    [unit('failed', { job: 'restart' }), 'between'],
    [unit('failed', { subState: 'failed-before-auto-restart' }), 'between'],
    [unit('maintenance'), 'down'],
    [unit('inactive', { loadState: 'not-found' }), 'absent'],
    [unit('active', { loadState: 'masked' }), 'absent'],
    [unit('something-new'), 'between'],
  ] as const)('%o', (report, kind) => {
    expect(judgeUnit(report).kind).toBe(kind);
  });
});
