import { Search } from 'lucide-react';
import { useEffect, useRef } from 'react';

export interface FindFieldProps {
  readonly label: string;
  /** By what it finds. */
  readonly placeholder: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly className?: string;
}

/** What a list is narrowed by; `/` leads here from anywhere on the page. */
export function FindField({ label, placeholder, value, onValue, className = '' }: FindFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      field.current?.focus();
    };
    document.addEventListener('keydown', focus);
    return () => document.removeEventListener('keydown', focus);
  }, []);
  return (
    <label className={`input ${className}`}>
      <span className="vh">{label}</span>
      <Search size={14} strokeWidth={1.75} className="dimmer" aria-hidden="true" />
      <input
        ref={field}
        type="search"
        placeholder={placeholder}
        aria-keyshortcuts="/"
        value={value}
        onChange={({ target }) => onValue(target.value)}
      />
      <span className="kbd" aria-hidden="true">
        /
      </span>
    </label>
  );
}
