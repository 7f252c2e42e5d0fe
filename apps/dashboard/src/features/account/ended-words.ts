import type { PasswordChanged } from '@serverctl/contract';
import { countText } from '../../lib/words.ts';

/** How many sessions ended; `none` is said when there was nothing to end. */
export function endedText(ended: number, none = 'No other session was open.'): string {
  if (ended === 0) return none;
  return ended === 1 ? 'One session was ended.' : `${ended} sessions were ended.`;
}

/** What became of the API tokens; nothing where there are none. */
export function tokensText({ tokensEnded, tokensLeft }: Pick<PasswordChanged, 'tokensEnded' | 'tokensLeft'>): string {
  if (tokensEnded > 0) return `${countText(tokensEnded, 'API token')} ${tokensEnded === 1 ? 'was' : 'were'} revoked.`;
  if (tokensLeft === 0) return '';
  return `${countText(tokensLeft, 'API token')} of yours ${tokensLeft === 1 ? 'lives' : 'live'} on.`;
}
