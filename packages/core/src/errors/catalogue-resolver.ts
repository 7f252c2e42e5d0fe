import type { ErrorSpec } from './categories.ts';

/** Refusals of the list of recursive resolvers. What a resolver answers, or that it does not, is shown and never an error. */
export const resolverErrors = {
  dns_resolver_invalid: {
    category: 'invalid',
    summary: 'This cannot be asked as a recursive resolver.',
    remedy: 'Give an IP address, with a port where that is not 53: 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:5353.',
  },
  dns_resolver_twice: {
    category: 'invalid',
    summary: 'This recursive resolver is named twice.',
    remedy: 'Name each one once; without a port it is port 53.',
  },
  dns_resolvers_too_many: {
    category: 'invalid',
    summary: 'These are more recursive resolvers than are asked.',
    remedy: 'Name at most as many as the details say.',
  },
  dns_resolvers_changed: {
    category: 'conflict',
    summary: 'The recursive resolvers are not those that were shown any more.',
    remedy: 'Look at them again; nothing was changed.',
  },
} as const satisfies Record<string, ErrorSpec>;
