/** The rules that can settle a decision, in a few words; docs/reference/rules.md has the table. */
const texts: Readonly<Record<string, string>> = {
  R1: 'silence is counted on our own clock',
  R2: 'only silence counts in which we could have heard',
  R3: 'who was never heard starts now; a new member waits 30 s',
  R4: 'HAProxy’s state is debounced by the grace',
  R5: 'heard means: the right key, address and hostname',
  R7: 'only to a ready member, heard within 3 s',
  R8: 'nobody is ready: the record stays',
  R9: 'mass silence: one failover every 10 s, but not of a dead zone',
  R10: 'so many failovers of the fleet in a minute',
  R11: 'so many failovers of one pool, 10 s apart, then held',
  R12: 'no surprise failback',
  R13: 'maintenance, or a pause',
  R16: 'each promotion is an epoch, and nothing is written under an older one',
  R21: 'somebody else changed the record',
  R25: 'a newer epoch than ours stands in the record',
  R35: 'two hosts use one key',
};

/** A rule in a few words; one that this release does not know is its number alone. */
export function ruleText(rule: string): string {
  return texts[rule] ?? 'see docs/reference/rules.md';
}
