import { minutesError } from '../../lib/pool/maintenance-minutes.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';

const presets = [
  { minutes: 15, word: '15 min' },
  { minutes: 30, word: '30 min' },
  { minutes: 60, word: '1 h' },
  { minutes: 240, word: '4 h' },
  { minutes: 1_440, word: '1 d' },
] as const;

/** How long from now, by a preset or a number. */
export function Minutes({ text, onText }: { readonly text: string; readonly onText: (text: string) => void }) {
  return (
    <div>
      <TextField
        label="Minutes from now"
        inputMode="numeric"
        value={text}
        onValue={onText}
        error={minutesError(text)}
      />
      <div className="row wrap mt-2">
        {presets.map(({ minutes, word }) => (
          <Button
            key={minutes}
            size="tiny"
            aria-pressed={text.trim() === String(minutes)}
            onClick={() => onText(String(minutes))}
          >
            {word}
          </Button>
        ))}
      </div>
    </div>
  );
}
