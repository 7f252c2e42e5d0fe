/*
 * The one port through which the provider is asked (R40): whoever opens the provider decides how hosts are resolved and checked, where the
 * API's base is, and that no more of a reply is read than the request allows. No redirect is followed and nothing is repeated behind this
 * port.
 */

/** One request; `path` begins with `/`, holds the query, and is added to the API's base. */
export interface ApiRequest {
  /** Whatever changes something is no GET: what stands between may repeat a GET. */
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
  /** Lower-case names; `retry-after` is looked at. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  /** The reply was longer than is read: `text` is its beginning. */
  readonly isCut: boolean;
}

/**
 * Carries requests. Rejects with an `AppError`, or a `TransportError` that is not `sent`, only where no byte of the request has left; a
 * rejection with anything else leaves open whether it arrived (R19).
 */
export interface ApiHttp {
  request(request: ApiRequest): Promise<ApiReply>;
}
