import { createFleet } from './fleet.ts';
import type { Answer, Answers, Ask } from './messages.ts';

/* The load, a process of its own so that its work is not counted as the control plane's. Its parent speaks to it by messages.ts. */
const fleet = createFleet();
let latenciesMs: number[] | null = null;
let cpuBefore = process.cpuUsage();
fleet.onAccepted = (tookMs) => latenciesMs?.push(tookMs);

async function carryOut(ask: Ask): Promise<Answers[Ask['kind']]> {
  switch (ask.kind) {
    case 'enrol':
      await fleet.enrol(ask.at, ask.members);
      return null;
    case 'beat':
      fleet.beat(ask.at);
      return null;
    case 'haproxy':
      return fleet.setHaproxy(ask.memberId, ask.runs);
    case 'begin-window':
      latenciesMs = [];
      cpuBefore = process.cpuUsage();
      return null;
    case 'end-window': {
      const { user, system } = process.cpuUsage(cpuBefore);
      const window = { latenciesMs: latenciesMs ?? [], cpuMicros: user + system };
      latenciesMs = null;
      return window;
    }
    case 'stop':
      return fleet.stop();
  }
}

const answer = (message: Answer) => void process.send?.(message);
process.on('message', (ask: Ask) => {
  carryOut(ask).then(
    (result) => answer({ result }),
    (error: unknown) => answer({ failure: error instanceof Error ? error.message : String(error) }),
  );
});
process.once('disconnect', () => process.exit(0));
