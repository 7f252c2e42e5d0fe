import type { MemberStatus, PoolResumed, PoolView } from '@serverctl/contract';
import { useId } from 'react';
import { Part } from '../../ui/dialog.tsx';
import { StateShape } from '../../ui/state.tsx';

export type RecordChoice = 'keep' | 'adopt';

export interface StandsProps {
  readonly pool: PoolView;
  readonly records: PoolResumed['records'];
}

/** What stands at each name, as it was just read, and what two sides claim. */
export function Stands({ pool, records }: StandsProps) {
  const { members } = pool.status;
  const whose = (address: string) =>
    members.find((one) => one.address === address || one.address6 === address)?.hostname ?? 'no member of this pool';
  return (
    <Part title="What stands there">
      {records.length === 0 && <p className="small dim">The pool has no managed name.</p>}
      <ul className="stands">
        {records.map(({ name, type, addresses, mark, disputed }) => (
          <li key={`${name} ${type}`}>
            <StateShape shape={disputed === null ? 'healthy' : 'needs-you'} />
            <div className="grow">
              <div className="mono">
                {name} {type} {addresses.join(', ') || 'no record'}
                {addresses.length > 0 && <span className="dim"> # {addresses.map(whose).join(', ')}</span>}
              </div>
              <div className="tiny dimmer mono">mark: {mark ?? 'none'}</div>
              {disputed !== null && <div className="small">{disputed}</div>}
            </div>
          </li>
        ))}
      </ul>
    </Part>
  );
}

export interface ChoiceProps {
  readonly chosen: RecordChoice | null;
  /** Hostname. */
  readonly active: string | null;
  /** Whom adopting makes active; null = the records name no one member. */
  readonly adopted: MemberStatus | null;
  readonly onChoose: (choice: RecordChoice) => void;
}

/** Who is right: nothing is chosen beforehand. */
export function Choice({ chosen, active, adopted, onChoose }: ChoiceProps) {
  const group = useId();
  const choices = [
    {
      value: 'keep',
      word: `The pool is right: keep ${active ?? 'the active member'}`,
      hint: 'Its address is written over these records, whoever marked them. You may be asked for a new proof of who you are.',
    },
    {
      value: 'adopt',
      word: adopted === null ? 'The records are right: adopt them' : `The records are right: adopt ${adopted.hostname}`,
      hint:
        adopted === null
          ? 'They name no one member of this pool, so they cannot be adopted.'
          : `It becomes active, and clients see no change. ${adopted.standingSentence}`,
    },
  ] as const;
  return (
    <fieldset className="choice">
      <legend className="part">Who is right?</legend>
      {choices.map(({ value, word, hint }) => (
        <div className="check" key={value}>
          <input
            type="radio"
            id={`${group}-${value}`}
            name={group}
            checked={chosen === value}
            disabled={value === 'adopt' && adopted === null}
            aria-describedby={`${group}-${value}-hint`}
            onChange={() => onChoose(value)}
          />
          <div>
            <label htmlFor={`${group}-${value}`}>{word}</label>
            <div id={`${group}-${value}-hint`} className="hint">
              {hint}
            </div>
          </div>
        </div>
      ))}
    </fieldset>
  );
}
