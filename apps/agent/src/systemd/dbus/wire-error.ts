/** Bytes that are not D-Bus as the specification has it. The only error that reading them throws. */
export class WireError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WireError';
  }
}
