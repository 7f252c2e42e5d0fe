import type { ErrorSpec } from './categories.ts';

/** Failures of DNS providers that are asked over HTTP with a token. `details.said` holds the provider’s own words. */
export const dnsApiErrors = {
  dns_token_malformed: {
    category: 'provider',
    summary: 'This does not have the form of an API token.',
    remedy:
      'Copy the token whole and without spaces, as it was shown when it was made. A global API key is none, nor is the password of a cPanel or WHM user.',
  },
  dns_token_refused: {
    category: 'provider',
    summary: 'The DNS provider does not accept the API token.',
    remedy: 'Check that it is copied whole, active and not expired; else make a new one and store it here.',
  },
  dns_token_restricted: {
    category: 'provider',
    summary:
      'The DNS provider does not let the API token in: it is invalid, or not for use from here or for this zone.',
    remedy:
      'Read the provider’s words in the details: where they name a location, allow every address that we leave from in the token’s filter, IPv6 as well.',
  },
  dns_token_lacks_scope: {
    category: 'provider',
    summary: 'The API token is valid, but has no right to read this zone’s records.',
    remedy:
      'Give the token the permission DNS Edit on this zone. In WHM the token and its user need the privilege edit-dns, in cPanel the account needs the feature Zone Editor.',
  },
  dns_token_locked: {
    category: 'rate-limited',
    summary: 'The DNS provider has locked the API token for a while, after too many refused calls.',
    remedy: 'Find out what else uses the token wrongly; the lock ends by itself, after the time in the details.',
  },
  dns_zone_id_needed: {
    category: 'provider',
    summary:
      'The zone’s id is needed: the API token may not look zones up by name, or there are several of this name and not one of them alone is active.',
    remedy:
      'Give the id in the credential (serverctl dns credential set CREDENTIAL --zone-id ZONE=ID). A token that may not look zones up can be given the permission Zone Read instead.',
  },
  dns_zone_id_wrong: {
    category: 'provider',
    summary: 'The zone id is not that of this zone.',
    remedy: 'Copy the id from the zone’s overview page, or leave it out where the token may look zones up.',
  },
  dns_zone_paused: {
    category: 'provider',
    summary: 'The zone is paused at the DNS provider.',
    remedy: 'Resume it there: until then proxied names answer with our addresses themselves.',
  },
  dns_zone_inactive: {
    category: 'provider',
    summary: 'The zone is not active at the DNS provider, so nobody is told what stands in it.',
    remedy: 'Point the domain’s delegation at the provider’s name servers, and wait until the zone is active there.',
  },
  dns_ttl_refused: {
    category: 'provider',
    summary: 'The DNS provider does not take this TTL.',
    remedy: 'Choose a TTL from the provider’s lowest (60 s; 30 s on some plans) to 86400 s.',
  },
  dns_request_refused: {
    category: 'provider',
    summary: 'The DNS provider refuses the request; nothing was changed.',
    remedy: 'Read the provider’s own words in the details.',
  },
} as const satisfies Record<string, ErrorSpec>;
