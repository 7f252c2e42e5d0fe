/** Where a setup link comes from: whoever can run a command on the control plane's own host has it (R44). */
export function TerminalFact() {
  return (
    <div className="gr">
      <figure>
        <div className="term">
          <i>On the control plane’s host:</i>
          {'\n\n'}
          <i>$</i> serverctl admin setup-link
          {'\n'}
          <b>{location.origin}/join#…</b>
        </div>
        <figcaption>
          Only someone who can read this host’s terminal or files can become the first administrator.
        </figcaption>
        <p>
          Did the link end? The same command makes a new one. A start while nobody has an account makes one too: in the
          terminal, or in the file that its log names.
        </p>
      </figure>
    </div>
  );
}
