/** Why nothing was built, and what to do; told without a stack. */
export class PackageFailure extends Error {
  override readonly name = 'PackageFailure';
}
