/*
 * The one port through which an API over HTTP is asked (R40): whoever opens the provider decides how hosts are resolved and checked, where the
 * API's base is, what its certificate is held against, and that no more of a reply is read than the request allows. No redirect is followed
 * and nothing is repeated behind this port.
 */

/** One request; `path` begins with `/`, holds the query, and is added to the API's base. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** Lower-case names. Holds the token: never logged. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** How much of the reply is read at most: 64 KiB (R40), and more where it tells of a whole zone. */
  readonly replyLimitBytes: number;
  readonly signal: AbortSignal;
}

/** What came back, whatever its status. */
export interface ApiReply {
  readonly status: number;
  /** Lower-case names; `retry-after` and `ratelimit` are looked at. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  /** The reply was longer than is read: `text` is its beginning. */
  readonly isCut: boolean;
}

/**
 * Carries requests. Rejects with an `AppError`, or a `TransportError` that is not `sent`, only where no byte of the request has left; a
 * rejection with anything else leaves open whether it arrived (R19). What was wrong with a certificate stays in the chain of causes.
 */
export interface ApiHttp {
  request(request: ApiRequest): Promise<ApiReply>;
}
