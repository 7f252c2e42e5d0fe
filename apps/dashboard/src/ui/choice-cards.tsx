import { useId } from 'react';

export interface ChoiceCard<Value extends string> {
  readonly value: Value;
  readonly word: string;
  /** What it means. */
  readonly lines: readonly string[];
}

export interface ChoiceCardsProps<Value extends string> {
  readonly label: string;
  readonly choices: readonly ChoiceCard<Value>[];
  readonly value: Value;
  readonly onValue: (value: Value) => void;
  readonly disabled?: boolean;
}

/** One of a few that need words: each says what it means. */
export function ChoiceCards<Value extends string>(props: ChoiceCardsProps<Value>) {
  const { label, choices, value, onValue, disabled } = props;
  const name = useId();
  return (
    <fieldset className="choices" disabled={disabled}>
      <legend>{label}</legend>
      {choices.map((choice) => (
        <label key={choice.value} className={choice.value === value ? 'choice on' : 'choice'}>
          <input
            type="radio"
            name={name}
            value={choice.value}
            checked={choice.value === value}
            onChange={() => onValue(choice.value)}
          />
          <span>
            <span className="choice-word">{choice.word}</span>
            {choice.lines.map((line) => (
              <span key={line} className="choice-line">
                {line}
              </span>
            ))}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
