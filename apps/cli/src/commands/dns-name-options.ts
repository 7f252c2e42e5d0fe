import { Argument, InvalidArgumentError, Option } from 'commander';
import { wholeNumber } from '../options.ts';

/* What `dns add` and `dns set` ask of a name alike. */

/** `<name>` of a new one, `<managed-name>` of one that is managed. */
export const nameArgument = (name: '<name>' | '<managed-name>') => new Argument(name, 'for example lb.example.com');

/** `unsaid`: what leaving it out means, where that goes not without saying. */
export function ttlOption(unsaid?: string): Option {
  const about = `added to every failover${unsaid === undefined ? '' : ` (${unsaid})`}`;
  return new Option('--ttl <seconds>', about).argParser(wholeNumber);
}

/** `keep` is commander's word for null, which it would turn into ''. `unsaid`: what `keep` is, and leaving it out. */
export function proxiedOption(unsaid: string): Option {
  const about = `whether the provider’s edge answers (${unsaid})`;
  return new Option('--proxied <on|off|keep>', about).argParser((text: string): boolean | 'keep' => {
    if (text !== 'on' && text !== 'off' && text !== 'keep') throw new InvalidArgumentError('Write on, off or keep.');
    return text === 'keep' ? text : text === 'on';
  });
}

/** As the API has it; what was left out stays so. */
export function wishOf({ ttl, proxied }: { readonly ttl?: number; readonly proxied?: boolean | 'keep' }) {
  return {
    ...(ttl === undefined ? {} : { ttlSeconds: ttl }),
    ...(proxied === undefined ? {} : { proxied: proxied === 'keep' ? null : proxied }),
  };
}
