/** A refusal that the API words in its envelope; HTTP says 200 all the same unless another status is given. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly data: unknown;
  readonly status: number;

  constructor(message: string, data: unknown = null, status = 200) {
    super(message);
    this.data = data;
    this.status = status;
  }
}

/** A refusal by what stands before the API: a page for people, with this HTTP status. */
export class DoorShut extends Error {
  override readonly name = 'DoorShut';
  readonly status: number;

  constructor(status: number) {
    super(`refused with a page and HTTP ${status}`);
    this.status = status;
  }
}

/**
 * The first two are worded as they were seen (DNS-PROVIDERS.md, section 2); that WHM words a stale serial so is expected, not recorded.
 * All that begin with "Emulated" are ours: nobody may match them.
 */
export const refusals = {
  stale: (given: number, present: number) =>
    new Refusal(
      `The given serial number (${given}) does not match the DNS zone’s serial number (${present}). ` +
        'Refresh your view of the DNS zone, then resubmit.',
      { type: 'Stale', detail: null },
    ),
  noZone: (zone: string) => new Refusal(`You do not control a DNS zone named ${zone}.`),
  missing: (parameter: string) => new Refusal(`Emulated: the parameter ${parameter} is missing`),
  invalid: (what: string) => new Refusal(`Emulated: ${what}`),
  notAllowed: (status: number) => new Refusal('Emulated: permission denied', null, status),
  noFunction: (name: string) => new Refusal(`Emulated: there is no function ${name}`),
} as const;
