import { type Decision, decide, type PoolEvidence } from '@serverctl/core';
import type { Invariant } from './invariant.ts';

export const decisionsReplay: Invariant = {
  id: 'I18',
  sentence: 'decide(evidence), read back from its JSON, is the recorded decision byte for byte.',
  rules: ['R14'],
  watch: (say) => {
    function judge(evidence: PoolEvidence, decision: Decision, at: number): void {
      const stored = JSON.stringify(decision);
      const again = JSON.stringify(decide(JSON.parse(JSON.stringify(evidence)) as PoolEvidence));
      if (again !== stored) say(at, `pool ${evidence.pool.id}: ${stored} was recorded, its evidence gives ${again}.`);
    }
    return {
      onDecision: ({ evidence, decision }, _replica, at) => judge(evidence, decision, at),
      onPromotion({ evidence, decision }, { replica }, at) {
        if (replica !== null) judge(evidence, decision, at);
      },
    };
  },
};
