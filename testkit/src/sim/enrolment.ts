import type { EnrolReply, EnrolRequest } from '@serverctl/contract/agent';
import { AppError } from '@serverctl/core';
import type { Random } from '../../../apps/server/src/platform/random.ts';
import type { Events } from './events.ts';
import type { Storage } from './storage.ts';

export interface Enrolling {
  readonly storage: Storage;
  readonly events: Events;
  readonly random: Random;
}

export function enrolAt(_: Enrolling & { urls: readonly string[] }, __: EnrolRequest, ___: string): EnrolReply {
  throw new AppError('enrolment_secret_invalid');
}
