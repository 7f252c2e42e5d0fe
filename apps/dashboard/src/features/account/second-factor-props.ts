export interface SecondFactorProps {
  /** Whose codes they are, in the file that is kept. */
  readonly email: string;
  /** What is known of the account may not be so any more: told with the outcome, so that nothing hangs on how the dialog is closed. */
  readonly onChanged: () => void;
  readonly onClose: () => void;
}
