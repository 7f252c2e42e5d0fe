/** A call to the bus that did not succeed. */
export class DbusFailure extends Error {
  /** The error's name as the bus gave it, or `closed`, `timeout`, `refused`. */
  readonly dbusName: string;

  constructor(dbusName: string, message: string) {
    super(message);
    this.name = 'DbusFailure';
    this.dbusName = dbusName;
  }
}
