import type { Condition } from './outcome.ts';
import type { Log } from './platform/log.ts';

/** Troubles that a person must end; said again at each try, which is every 30 s. */
const loudCodes: ReadonlySet<string> = new Set(['agent_key_unknown']);
/** Told one time and never again: two copies of a host that take turns would fill the log, being heard in between. */
const onceCodes: ReadonlySet<string> = new Set(['agent_boot_superseded']);

/**
 * Says how it goes with the control plane: a trouble once until we are simply heard again, however often it comes
 * and goes with others (two addresses can fail in two ways each second).
 */
export function createConditionLog(log: Log): (condition: Condition) => void {
  const told = new Set<string>();
  let heard = false;
  return ({ kind, code, words }) => {
    if (kind === 'heard') {
      if (!heard) log.info(words);
      heard = true;
      for (const known of told) if (!onceCodes.has(known)) told.delete(known);
      return;
    }
    if (told.has(code) && onceCodes.has(code)) return;
    heard = false;
    if (told.has(code) && !loudCodes.has(code)) return;
    told.add(code);
    if (kind === 'refused') log.error(words, { code });
    else log.warn(words);
  };
}
