import { cloudflareManualSteps } from './cloudflare/manual-steps.ts';
import { cpanelManualSteps, whmManualSteps } from './cpanel/manual-steps.ts';
import type { ManualStep, MoveByHand } from './manual-step.ts';
import type { ProviderKind, ProviderPlaces, ProviderSettings } from './provider-kind.ts';
import { rfc2136ManualSteps } from './rfc2136/manual-steps.ts';

/*
 * How a person moves a managed name when the control plane cannot. The way there is the provider's own; what comes before and after it is
 * the same for all, since it is about the control plane (R13, R21):
 *
 *   the pool is                  | before                          | once the control plane runs again
 *   running                      | pause it, or keep us stopped    | drift: left as it is, paged; adopt or repair
 *   paused                       | nothing                         | nothing is written; resume with --adopt or --keep
 *   behind with a write of ours  | as above                        | that write is made, over what was set by hand
 */

/** Total: a provider without steps of its own does not compile. */
const stepsAt: {
  readonly [Kind in ProviderKind]: (place: ProviderPlaces[Kind], move: MoveByHand) => readonly ManualStep[];
} = {
  cloudflare: cloudflareManualSteps,
  cpanel: cpanelManualSteps,
  rfc2136: rfc2136ManualSteps,
  whm: whmManualSteps,
};

/** What a person does, in order, to move this name at its provider without the control plane. */
export function manualSteps(settings: ProviderSettings, move: MoveByHand): readonly ManualStep[] {
  if (move.targets.length === 0) return [noTarget(move)];
  return [stepBefore(move), ...stepsThere(settings, move), stepAfter(move), ...stepWhenBehind(move)];
}

/** The kind and the place of settings belong together: said once here, for the compiler. */
function stepsThere<Kind extends ProviderKind>(
  settings: { readonly provider: Kind } & ProviderPlaces[Kind],
  move: MoveByHand,
): readonly ManualStep[] {
  return stepsAt[settings.provider](settings, move);
}

/** Any other address would be put right at once (R21). */
function noTarget({ pool, ref }: MoveByHand): ManualStep {
  const family = ref.type === 'AAAA' ? 'IPv6' : 'IPv4';
  return {
    text: `No member of the pool ${pool} has a public ${family} address, so there is none that the ${ref.type} record of ${ref.name} could be moved to. Nothing is to be done by hand.`,
    commands: [],
  };
}

function stepBefore({ pool, paused }: MoveByHand): ManualStep {
  if (paused)
    return {
      text: 'The pool is paused: the control plane decides and writes nothing for it until a person resumes it.',
      commands: [],
    };
  return {
    text: 'Pause the pool first, so that nothing is decided or written meanwhile. Where the control plane does not answer it cannot be paused: keep it stopped until you are done, since a failover that it decides writes over what you do.',
    commands: [`serverctl pool pause ${pool} --reason "record moved by hand"`],
  };
}

function stepAfter({ pool, paused }: MoveByHand): ManualStep {
  const found =
    'Once it runs again, the control plane takes another member’s address for a change by a person’s hand (drift, R21)';
  const all = 'Every managed name of the pool, A and AAAA, must name that same member';
  return {
    text: paused
      ? `${found}. ${all}; then resume the pool: with the first line the member that you chose becomes active, with the second its own is written again.`
      : `${found}: it leaves the record so, pages dns.drift and waits, unless it decides a failover first, which writes over it. ${all}; then the first line makes it active, the second writes the control plane’s own again. If you paused the pool, resume it instead: serverctl pool resume with --adopt or --keep.`,
    commands: paused
      ? [
          `serverctl pool resume ${pool} --adopt --reason "record moved by hand"`,
          `serverctl pool resume ${pool} --keep --reason "record moved by hand"`,
        ]
      : [
          `serverctl pool adopt ${pool} --reason "record moved by hand"`,
          `serverctl pool repair ${pool} --reason "record moved by hand"`,
        ],
  };
}

/** An older mark is our own late write to the control plane (I4), so it asks nobody. */
function stepWhenBehind({ pending, ref }: MoveByHand): readonly ManualStep[] {
  if (pending === null) return [];
  const act = pending.address === null ? `withdraws the ${ref.type} there` : `writes ${pending.address} there`;
  const text = `Epoch ${pending.epoch} was decided, and no provider has acknowledged it for the ${ref.type} record of ${ref.name}: once it runs again and the pool is not paused, the control plane ${act}, whatever stands in the record. To stay with another member, promote that one then.`;
  return [{ text, commands: [] }];
}
