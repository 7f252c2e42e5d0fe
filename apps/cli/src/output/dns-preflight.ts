import type { CredentialView, PreflightView } from '@serverctl/contract';
import { clean } from './table.ts';
import { localTime } from './words.ts';

/** How a credential did, in a word: as in the zone where it does worst (R23), and whether that is of before a write that is under way. */
export function preflightWord({ preflight = [], usedBy }: Pick<CredentialView, 'preflight' | 'usedBy'>): string {
  if (usedBy.length === 0) return 'not in use';
  const states = new Set(preflight.map(({ state }) => state));
  const worst = (['failing', 'limited', 'ok'] as const).find((state) => states.has(state)) ?? 'not tried yet';
  return preflight.some((look) => look.putOffBy != null) ? `${worst}, look put off` : worst;
}

/** How it does in each zone, with what to do. */
export function preflightPairs(one: Pick<CredentialView, 'preflight' | 'usedBy'>): (readonly [string, string])[] {
  const { preflight = [] } = one;
  if (preflight.length === 0) return [['state', preflightWord(one)]];
  return preflight.map((look) => [`in ${clean(look.zone)}`, clean(zoneText(look))]);
}

function zoneText(look: PreflightView): string {
  const tried = `tried ${localTime(look.checkedAt)} on ${look.name} ${look.type}${againWords(look)}${putOffWords(look)}`;
  if (look.state !== 'failing') {
    const findings = look.findings.map(({ message, remedy }) => `${message} ${remedy}`);
    return [`${look.state}, ${tried}${findings.length === 0 ? '' : '.'}`, ...findings].join(' ');
  }
  const since = look.failingSince === null ? '' : ` since ${localTime(look.failingSince)}`;
  const worked = look.okAt === null ? 'it never worked here' : `it worked last ${localTime(look.okAt)}`;
  return `failing${since}, ${tried}; ${worked}. ${look.code}: ${look.message} ${look.remedy}`;
}

/** How long that is worth: longer than five minutes where the credential has very many zones. Nothing from a server that does not say it. */
function againWords({ everySeconds }: PreflightView): string {
  return everySeconds === undefined ? '' : `, again within ${Math.ceil(everySeconds / 60)} min while calm`;
}

/** What was found is of before: the publisher needs the calls, and its own state says how the name does. */
function putOffWords({ putOffBy }: PreflightView): string {
  return putOffBy == null
    ? ''
    : `; ${clean(putOffBy)} is being published or blocked since, which puts off the next look once`;
}
