/** Exit codes of `serverctl-agent`; the middle ones are those of the operator's command line for the same category. */
export const exitCodes = {
  done: 0,
  unexpected: 1,
  usage: 2,
  notEnrolled: 3,
  conflict: 4,
  refused: 5,
  unreachable: 6,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

interface FailureSpec {
  readonly exitCode: ExitCode;
  readonly remedy: string;
}

/** What can go wrong on the host's side. Refusals of the control plane keep its own code, message and remedy. */
const failures = {
  usage: { exitCode: exitCodes.usage, remedy: 'serverctl-agent --help lists the commands and options.' },
  not_enrolled: {
    exitCode: exitCodes.notEnrolled,
    remedy: 'Make an install line with serverctl member enrol POOL HOST, and run it here.',
  },
  already_enrolled: {
    exitCode: exitCodes.conflict,
    remedy: 'Add --replace to enrol again; the present key stops being valid once the new one is accepted.',
  },
  given_up: {
    exitCode: exitCodes.unexpected,
    remedy: 'Nothing of it was kept here. If the secret is refused now, it was used up: make a new install line.',
  },
  not_installable: { exitCode: exitCodes.usage, remedy: 'Nothing was changed on this host.' },
  step_failed: {
    exitCode: exitCodes.unexpected,
    remedy: 'Mend that and run the same line again: it goes on from here.',
  },
  not_heard: {
    exitCode: exitCodes.unreachable,
    remedy:
      'Look at: journalctl -u serverctl-agent -n 20. The agent goes on trying; nothing needs to be installed again.',
  },
  state_unusable: {
    exitCode: exitCodes.unexpected,
    remedy: 'Make the directory readable and writable for this user only, or choose another with --state-dir.',
  },
  secret_unusable: {
    exitCode: exitCodes.usage,
    remedy: 'Paste the secret when asked, pipe it to standard input, or name its file with --secret-file.',
  },
  plane_unreachable: {
    exitCode: exitCodes.unreachable,
    remedy: 'Check the address, and that this host may connect to it; then run the same line again.',
  },
  plane_refused: { exitCode: exitCodes.refused, remedy: 'See the message of the control plane.' },
} as const satisfies Record<string, FailureSpec>;

export type FailureCode = keyof typeof failures;

/** A failure that ends a command, in words for whoever ran it. */
export class AgentFailure extends Error {
  readonly code: string;
  readonly remedy: string;
  readonly exitCode: ExitCode;

  constructor(
    code: FailureCode,
    message: string,
    from: { readonly code?: string; readonly remedy?: string; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: from.cause });
    this.name = 'AgentFailure';
    this.code = from.code ?? code;
    this.remedy = from.remedy ?? failures[code].remedy;
    this.exitCode = failures[code].exitCode;
  }
}
