import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly word: string;
  readonly count?: number;
}

export interface SegmentsProps<Value extends string> {
  readonly label: string;
  readonly choices: readonly Choice<Value>[];
  readonly chosen: Value;
  readonly onChoose: (value: Value) => void;
}

/** One of a few, side by side; the arrow keys go through them. */
export function Segments<Value extends string>({ label, choices, chosen, onChoose }: SegmentsProps<Value>) {
  return (
    <RadioGroup className="seg" aria-label={label} value={chosen} onValueChange={(value) => onChoose(value as Value)}>
      {choices.map(({ value, word, count }) => (
        <Radio.Root key={value} value={value} className="seg-one">
          {word}
          {count !== undefined && <span className="dimmer">{count}</span>}
        </Radio.Root>
      ))}
    </RadioGroup>
  );
}
