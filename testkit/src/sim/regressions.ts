/** A world that once broke an invariant, and what it taught. */
export interface Regression {
  readonly seed: number;
  readonly minutes: number;
  /** The fault was the product's, the simulator's or a judge's. */
  readonly of: 'product' | 'simulator' | 'judge';
  readonly taught: string;
}

/** Run by the tests; a seed is a recipe for chance, so a change of the simulator may make another world of it. */
export const regressions: readonly Regression[] = [
  {
    seed: 3,
    minutes: 15,
    of: 'judge',
    taught:
      'A process that stood still reads a backlog of beats when it goes on: they are news to it alone. Silence is measured from the newest (boot, seq) that any process took.',
  },
  {
    seed: 18,
    minutes: 15,
    of: 'simulator',
    taught:
      "A provider's fault that stops HAProxy on a host to make a write necessary is a host's fault as well, and must be told as one.",
  },
  {
    seed: 24,
    minutes: 10,
    of: 'judge',
    taught:
      "A suspended machine's monotonic clock stands still with it, so for a moment it leads by its own clock; what it could have read is counted by the time in which it ran.",
  },
  {
    seed: 30,
    minutes: 15,
    of: 'product',
    taught:
      'After a restored database an agent that starts again may be issued a boot that its former run had: its beats are old to whoever heard that run, and a living host is lost. Boots that are heard must raise the one that is issued next.',
  },
  {
    seed: 127,
    minutes: 15,
    of: 'judge',
    taught:
      'HAProxy on its way up is neutral, not unhealthy: health begins again when the unit leaves `failed`, not when it runs.',
  },
  {
    seed: 1036,
    minutes: 15,
    of: 'product',
    taught:
      'A leader whose machine was suspended while all others were down woke up and promoted on what it had heard before it slept: its lease and its fleet looked young by its own clock. Its commit and its next renewal look for the sleep; by what, seeds 118 and 98 taught.',
  },
  {
    seed: 2070,
    minutes: 30,
    of: 'judge',
    taught:
      'After a restored database a mark that a person has deleted tells nobody its epoch: what counts as seen is what the provider or the database can still show.',
  },
  {
    seed: 118,
    minutes: 15,
    of: 'product',
    taught:
      "A woken leader's own renewal, on its way to the database beside a commit, made the row look young to that commit. What is compared is the renewal that the process knows of, not the row's newest one.",
  },
  {
    seed: 160,
    minutes: 120,
    of: 'product',
    taught:
      'A new term that first meets a member while its HAProxy is down within the grace counted it healthy from then on: a time in the grace breaks no health, and begins none.',
  },
  {
    seed: 190,
    minutes: 120,
    of: 'product',
    taught:
      'After a restore, before anybody has read a mark, a promotion may count to the very epoch that was applied before. The mark names its promotion, so that the two are told apart (ADR 0018).',
  },
  {
    seed: 200,
    minutes: 120,
    of: 'simulator',
    taught: "A restored database keeps its machine's clock: tables that come back must not set it.",
  },
  {
    seed: 98,
    minutes: 15,
    of: 'product',
    taught:
      "A database's clock that was set back hid a sleep of the only leader: the row's clock must show what the process reckons, no more and no less.",
  },
  {
    seed: 591,
    minutes: 15,
    of: 'judge',
    taught: 'Who was heard once stands in a table without a log: a crash of the database forgets it.',
  },
  {
    seed: 1528,
    minutes: 15,
    of: 'product',
    taught:
      'Three terms within 20 s read all names anew and used up what looking may use; a name whose repair was open had to wait behind them. It goes first now. One that nobody knows to be wrong still waits for its share, which the judge did not know (R22).',
  },
  {
    seed: 1490,
    minutes: 120,
    of: 'product',
    taught:
      'A restored database had forgotten new members, and a later one knew them again: their agents, told that their key is unknown, asked every 30 s only. Every live agent is to be heard within 15 s.',
  },
  {
    seed: 1840,
    minutes: 120,
    of: 'product',
    taught:
      "A person's yes to a record that is not ours stood until the first write, for minutes behind a credential that was refused: by then another control plane had come, and was written over. A yes is for the mark that stood there when it was taken.",
  },
  {
    seed: 1487,
    minutes: 15,
    of: 'product',
    taught:
      'A new process took the lease, and ended itself because its first read of the members had been lost in an outage that was over: nobody led until the dead lease had been waited for. The first read is tried again.',
  },
  {
    seed: 24,
    minutes: 15,
    of: 'product',
    taught:
      "A database that had hung for a minute carried out what a process had sent to it long before, right after a new term began: by the first estimate of that process's clock its beats were of now, and a host that had been off for 28 s was fresh enough for its address to be followed. An estimate is proven by a second of watermarks first (R7).",
  },
  {
    seed: 1657,
    minutes: 15,
    of: 'judge',
    taught:
      'A process that had just been woken heard two members of a silent zone, and could not date it yet (ADR 0025): the loop rightly counted them as silent, the judge did not. What is heard within two seconds of a process’s trouble is not certain.',
  },
  {
    seed: 380,
    minutes: 120,
    of: 'simulator',
    taught:
      'A host was enrolled twice within 16 s, and the backup that was put back later lay between the two: its agent is told to be enrolled again, which nobody did after the last fault. The person who puts things right does.',
  },
  {
    seed: 549,
    minutes: 15,
    of: 'product',
    taught:
      'A provider acknowledged a write and lost it, under a mark that the other family shares, and the lease ran out before anybody had read: in its next term the same loop took the old address for a person’s (R21). What nobody saw arrive stays unseen as long as no other loop led in between.',
  },
];
