/** A refusal as the API words it. The texts are ours: nobody may match them. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: number;
  readonly chain: readonly { readonly code: number; readonly message: string }[];

  constructor(status: number, code: number, message: string, chain: ApiError['chain'] = []) {
    super(message);
    this.status = status;
    this.code = code;
    this.chain = chain;
  }
}

/** The refusals that were seen, by what they mean; statuses and codes as recorded (404 with 81044 is expected, not recorded). */
export const refusals = {
  malformedToken: () =>
    new ApiError(400, 6003, 'Emulated: request headers are invalid', [
      { code: 6111, message: 'Emulated: the authorization header has the wrong form' },
    ]),
  noToken: () => new ApiError(401, 10001, 'Emulated: no credentials given'),
  unknownToken: () => new ApiError(403, 10000, 'Emulated: authentication failed'),
  noScope: () => new ApiError(403, 10000, 'Emulated: authentication failed'),
  noScopeForZone: () => new ApiError(403, 9109, 'Emulated: no access to the requested resource'),
  elsewhere: (address: string) =>
    new ApiError(403, 9109, `Emulated: the access token is not for use from location ${address}`),
  locked: () => new ApiError(403, 10502, 'Emulated: too many authentication failures'),
  noRoute: () => new ApiError(404, 7003, 'Emulated: no route for the URI'),
  noRecord: () => new ApiError(404, 81044, 'Emulated: the record does not exist'),
  identical: () => new ApiError(400, 81058, 'Emulated: an identical record exists already'),
  hostTaken: () => new ApiError(400, 81053, 'Emulated: an A, AAAA or CNAME record with that host exists already'),
  cnameTaken: () => new ApiError(400, 81054, 'Emulated: a CNAME record with that host exists already'),
  badTtl: (floor: number) =>
    new ApiError(400, 1004, 'Emulated: DNS validation failed', [
      { code: 9021, message: `Emulated: TTL must be from ${floor} to 86400 seconds, or 1` },
    ]),
  invalid: (what: string) =>
    new ApiError(400, 1004, 'Emulated: DNS validation failed', [{ code: 9005, message: `Emulated: ${what}` }]),
  full: () => new ApiError(400, 81045, 'Emulated: the zone holds as many records as its plan allows'),
  limited: () => new ApiError(429, 971, 'Emulated: please wait and throttle your requests'),
  tooMany: (most: number) => new ApiError(400, 1004, `Emulated: a batch holds at most ${most} operations`),
} as const;
