import { useState } from 'react';
import type { Act } from '../../lib/act/use-act.ts';
import { faultsIn } from './member-faults.ts';
import type { MemberField, MemberForm } from './member-form.ts';

const none: ReadonlyMap<MemberField, string> = new Map();

/** An act that is not tried while the form has faults: they are told then, and go as they are mended. Nobody proves who they are for a typo. */
export function useFaults<Input, Result>(
  form: MemberForm,
  act: Act<Input, Result>,
): { readonly faults: ReadonlyMap<MemberField, string>; readonly act: Act<Input, Result> } {
  const [isTold, setTold] = useState(false);
  const faults = faultsIn(form);
  const run = (input: Input) => (faults.size > 0 ? setTold(true) : act.run(input));
  return { faults: isTold ? faults : none, act: { ...act, run } };
}
