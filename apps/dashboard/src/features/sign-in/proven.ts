/** What has been proven so far: kept in memory only, until the code is there too. */
export interface Proven {
  readonly email: string;
  readonly password: string;
}
