import type { Invariant } from './invariant.ts';

/** How long after healing each of these may take (section 6). */
const leaderMs = 12_000;
const heardMs = 15_000;
const blindMs = 30_000;
const lookEveryMs = 1_000;

export const oneLeaderAfterHealing: Invariant = {
  id: 'L1',
  sentence: 'From 12 s after the last fault on exactly one process leads.',
  rules: ['R15'],
  watch: (say, { truth }) => {
    let wasTold = false;
    let nextLookAt = 0;
    return {
      onEvent(at) {
        if (wasTold || at < nextLookAt) return;
        nextLookAt = at + lookEveryMs;
        const healedAt = truth.healedAt();
        if (healedAt === null || at - healedAt < leaderMs) return;
        const leaders = truth.replicas.filter(({ fence }) => fence !== null).length;
        if (leaders === 1) return;
        wasTold = true;
        say(at, `${leaders} processes lead ${Math.round(at - healedAt)} ms after the last fault.`);
      },
    };
  },
};

export const everyAgentIsHeard: Invariant = {
  id: 'L3',
  sentence: 'From 15 s after the last fault on every agent that runs was heard within 15 s.',
  rules: ['R1', 'R5'],
  watch: (say, { truth }) => {
    const told = new Set<string>();
    let nextLookAt = 0;
    return {
      onEvent(at) {
        if (at < nextLookAt) return;
        nextLookAt = at + lookEveryMs;
        const healedAt = truth.healedAt();
        if (healedAt === null || at - healedAt < heardMs) return;
        for (const memberId of truth.house.enrolledAt.keys()) {
          const host = truth.host(memberId);
          if (
            !host.powered ||
            host.agent !== 'running' ||
            at - Math.max(host.since.agent, host.since.powered) < heardMs
          )
            continue;
          const heardAt = truth.lastHeardAt(memberId);
          if (told.has(memberId) || (heardAt !== null && at - heardAt <= heardMs)) continue;
          told.add(memberId);
          say(
            at,
            `${memberId} runs and was heard ${heardAt === null ? 'never' : `${Math.round(at - heardAt)} ms ago`}.`,
          );
        }
      },
    };
  },
};

export const blindnessEnds: Invariant = {
  id: 'L4',
  sentence: 'From 30 s after the last fault on no decision is made blind or with nobody heard, and decisions are made.',
  rules: ['R2'],
  watch: (say, { truth }) => {
    let wasTold = false;
    let storedAt = 0;
    return {
      onStatuses(rows, replica, at) {
        storedAt = at;
        const healedAt = truth.healedAt();
        const listening = rows[0]?.evidence.listening;
        if (wasTold || healedAt === null || at - healedAt < blindMs || listening === undefined) return;
        if (listening.blindBecause === null && listening.heardMembers > 0) return;
        wasTold = true;
        const why = listening.blindBecause ?? 'nobody is heard';
        say(at, `${replica} is blind (${why}) ${Math.round(at - healedAt)} ms after the last fault.`);
      },
      onEnd(at) {
        const healedAt = truth.healedAt();
        if (healedAt === null || at - healedAt < 2 * blindMs || storedAt >= healedAt) return;
        say(at, `no status has been stored since the last fault, ${Math.round(at - healedAt)} ms ago.`);
      },
    };
  },
};
