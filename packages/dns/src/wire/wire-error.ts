/** Bytes that are no DNS message, or a message that cannot be put into bytes. The only error that wire code throws. */
export class WireError extends Error {
  override readonly name = 'WireError';
}
