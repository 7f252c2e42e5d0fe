import type {
  MeView,
  PasswordChanged,
  PasswordInput,
  RecoveryCodes,
  SessionView,
  SignedIn,
  SignInInput,
  StepUpInput,
  TotpBegun,
} from '@serverctl/contract';
import { ask } from './ask.ts';

interface Ended {
  readonly ended: number;
}

/** Signing in and out, and one's own account. */
export const sessionApi = {
  signIn: (body: SignInInput) => ask<SignedIn>({ method: 'POST', path: ['session'], body }),
  signOut: () => ask<{ done: true }>({ method: 'DELETE', path: ['session'] }),
  stepUp: (body: StepUpInput) => ask<SessionView>({ method: 'POST', path: ['session', 'step-up'], body }),
  me: (signal?: AbortSignal) => ask<MeView>({ path: ['me'], ...(signal && { signal }) }),
  setPassword: (body: PasswordInput) => ask<PasswordChanged>({ method: 'POST', path: ['me', 'password'], body }),
  beginTotp: () => ask<TotpBegun>({ method: 'POST', path: ['me', 'totp'] }),
  confirmTotp: (code: string) =>
    ask<RecoveryCodes>({ method: 'POST', path: ['me', 'totp', 'confirm'], body: { code } }),
  removeTotp: () => ask<{ done: true }>({ method: 'DELETE', path: ['me', 'totp'] }),
  newRecoveryCodes: () => ask<RecoveryCodes>({ method: 'POST', path: ['me', 'recovery-codes'] }),
  sessions: (signal: AbortSignal) => ask<{ sessions: readonly SessionView[] }>({ path: ['me', 'sessions'], signal }),
  endSession: (id: string) => ask<Ended>({ method: 'DELETE', path: ['me', 'sessions', id] }),
  endOtherSessions: () => ask<Ended>({ method: 'DELETE', path: ['me', 'sessions'] }),
};
