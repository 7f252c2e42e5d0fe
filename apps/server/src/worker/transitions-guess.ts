import type { BindingId, EventKind } from '@serverctl/core';
import type { OpenTrouble, Told } from './ports-told.ts';
import { stillOpen, toldOf } from './still-open.ts';
import { createTransitions, type Transitions } from './transitions.ts';
import { isEnd, type NameTransitions, threadOfName } from './transitions-name.ts';

/*
 * Transitions from a guess, for the time in which the store does not say what people were told before (told-before.ts). Once it does, that is
 * laid under what was told meanwhile, and from there on nothing is guessed:
 *
 *   pools, members, the fleet   their verdicts come again within a second, so it is enough to know what was told
 *   names                       say most of their turns once; those that were no news by the guess, and are by what the store says, are told
 */
export interface GuessedTransitions extends Transitions {
  /** `open`: what the store says, told before us or by us. */
  settle(open: readonly OpenTrouble[]): Transitions;
}

export function createGuess(guess: Transitions): GuessedTransitions {
  const told = createToldMeanwhile();
  const names = createNamesMeanwhile(guess.ofNames);
  return {
    notice(judged) {
      const notices = guess.notice(judged);
      for (const notice of notices) told.note(toldOf(notice));
      return notices;
    },
    ofNames: names.ofNames,
    settle(open) {
      const known = createTransitions(stillOpen([...open, ...told.all()]));
      names.repeat(known.ofNames);
      return known;
    },
  };
}

/** In its order; of each kind and subject the last, so that it does not grow with the time. */
function createToldMeanwhile() {
  const last = new Map<string, Told>();
  return {
    all: () => last.values(),
    note(one: Told | null): void {
      if (one === null) return;
      const key = [one.kind, one.poolId, one.memberId].join(' ');
      last.delete(key);
      last.set(key, one);
    },
  };
}

interface Repeatable {
  readonly wasTold: boolean;
  readonly repeat: (names: NameTransitions) => void;
}

function createNamesMeanwhile(guess: NameTransitions) {
  /** By threads what was said since the last end, and that end: by kinds, the last of each. */
  const said = new Map<string, Map<string, Repeatable>>();

  function saidOf(id: BindingId, kind: EventKind): Map<string, Repeatable> {
    const thread = threadOfName(id, kind);
    const since = said.get(thread) ?? new Map<string, Repeatable>();
    said.set(thread, since);
    return since;
  }

  const ofNames: NameTransitions = {
    turn(turn, tell) {
      const { bindingId, kind } = turn;
      const since = saidOf(bindingId, kind);
      let wasTold = since.get(kind)?.wasTold ?? false;
      guess.turn(turn, () => {
        wasTold = true;
        tell();
      });
      if (isEnd(kind)) since.clear();
      since.set(kind, { wasTold, repeat: (names) => names.turn(turn, wasTold ? () => {} : tell) });
    },
    toldElsewhere(id, end) {
      guess.toldElsewhere(id, end);
      saidOf(id, end).set('elsewhere', { wasTold: true, repeat: (names) => names.toldElsewhere(id, end) });
    },
  };

  function repeat(names: NameTransitions): void {
    for (const since of said.values()) for (const one of since.values()) one.repeat(names);
  }

  return { ofNames, repeat };
}
