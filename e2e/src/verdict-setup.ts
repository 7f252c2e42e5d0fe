import { openLedger, readLedger } from './verdict.ts';

export function setup(): void {
  openLedger();
}

export function teardown(): void {
  const verdicts = readLedger();
  if (verdicts.length === 0) {
    console.log('no scenario ran: nothing can be said about gaps and promotions');
    return;
  }
  const sum = (pick: (verdict: (typeof verdicts)[number]) => number) =>
    verdicts.reduce((total, verdict) => total + pick(verdict), 0);
  console.log(`heartbeats accepted over all scenarios: ${sum((v) => v.heartbeats)}`);
  console.log(`gaps in heartbeat sequence not explained by an injected fault: ${sum((v) => v.unexplainedGaps)}`);
  console.log(
    `promotions: ${sum((v) => v.promotions)}, false promotions: ${sum((v) => v.falsePromotions)}, missing promotions: ${sum((v) => v.missingPromotions)}`,
  );
}
