import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';

const most = 7 * 24 * 60;
const presets = [
  { minutes: 15, word: '15 min' },
  { minutes: 30, word: '30 min' },
  { minutes: 60, word: '1 h' },
  { minutes: 240, word: '4 h' },
  { minutes: 1_440, word: '1 d' },
] as const;

/** What was written, in minutes; null = it is no length that a maintenance may have. */
export function minutesIn(text: string): number | null {
  const minutes = /^\d+$/.test(text.trim()) ? Number(text) : 0;
  return minutes >= 1 && minutes <= most ? minutes : null;
}

/** How long from now, by a preset or a number. */
export function Minutes({ text, onText }: { readonly text: string; readonly onText: (text: string) => void }) {
  return (
    <div>
      <TextField
        label="Minutes from now"
        inputMode="numeric"
        value={text}
        onValue={onText}
        error={minutesIn(text) === null ? 'A whole number from 1 to 10,080, which is 7 days.' : null}
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
