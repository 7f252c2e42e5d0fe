/** The product's mark, in ink. */
export function Mark({ size }: { readonly size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <rect x="1" y="1" width="22" height="22" rx="6.5" fill="var(--ink)" />
      <g fill="none" stroke="var(--on-ink)" strokeLinecap="round">
        <path d="M6.2 12h4.2c2.6 0 2-4.3 4.8-4.3" strokeWidth="1.7" />
        <path d="M10.6 12.1c2.4.1 2 4.2 4.6 4.2" strokeWidth="1.5" strokeDasharray=".2 2.4" />
        <circle cx="17.2" cy="16.3" r="1.7" strokeWidth="1.3" />
      </g>
      <circle cx="17.2" cy="7.7" r="2.3" fill="var(--on-ink)" />
    </svg>
  );
}
