/** Where a setup link came from: the control plane's own terminal, or a file beside it (R44). */
export function TerminalFact() {
  return (
    <div className="gr">
      <figure>
        <div className="term">
          <i>On the control plane’s host:</i>
          {'\n\n'}
          <i>$</i> cat setup-link
          {'\n'}
          <b>{location.origin}/join#…</b>
        </div>
        <figcaption>
          Only someone who can read this host’s terminal or files can become the first administrator.
        </figcaption>
        <p>
          Did the link end? Restart, or run <span className="mono">serverctl admin setup-link</span>.
        </p>
      </figure>
    </div>
  );
}
