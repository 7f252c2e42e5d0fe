export interface NotNowTextProps {
  /** Why it cannot be opened now. */
  readonly why: string;
  readonly className?: string;
  readonly children: string;
}

/** What would be a link in a text, off, with the reason. */
export function NotNowText({ why, className = '', children }: NotNowTextProps) {
  return (
    <button type="button" aria-disabled="true" title={why} className={`${className} dim text-left`}>
      {children}
      <span className="vh">. {why}</span>
    </button>
  );
}
