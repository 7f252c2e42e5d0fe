/** Node's and the TLS library's codes, told as what is the case. Found by code and reason, never by text for people. */
const sentences: readonly (readonly [codes: readonly string[], because: string])[] = [
  [
    [
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'CERT_SIGNATURE_FAILURE',
      'CERT_UNTRUSTED',
    ],
    'its certificate is signed by an authority that is not trusted here. On the control plane’s host that is tls/ca.pem in its data directory: copy it here and name it by --ca-file or SERVERCTL_CA_FILE',
  ],
  [['CERT_HAS_EXPIRED'], 'its certificate has expired; renew it, and check both clocks'],
  [['CERT_NOT_YET_VALID'], 'its certificate is not valid yet; check both clocks'],
  [
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'ERR_SSL_HTTP_REQUEST'],
    'it speaks plain HTTP there, not TLS; another program may listen there, or TLS is off and the address is http://…',
  ],
  [['ECONNREFUSED'], 'nothing listens there'],
  [['ENOTFOUND', 'EAI_AGAIN'], 'the host name does not resolve'],
  [['EHOSTUNREACH', 'ENETUNREACH'], 'there is no way to that host'],
  [['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT'], 'it did not answer in time'],
  [['ECONNRESET', 'UND_ERR_SOCKET', 'EPIPE'], 'the connection was closed without an answer'],
];

interface Failure {
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
  readonly cert?: { readonly subjectaltname?: unknown };
}

/** Why a call got no answer, in words; null when the cause says nothing that we know. `url` is where it was asked. */
export function whyUnreachable(error: unknown, url: URL): string | null {
  for (const failure of causes(error)) {
    const { code } = failure;
    if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return wrongName(failure, url);
    const known = sentences.find(([codes]) => codes.some((one) => one === code));
    if (known === undefined) continue;
    return url.protocol === 'http:' && known[0].includes('UND_ERR_SOCKET')
      ? `${known[1]}; if it speaks TLS, the address begins with https://`
      : known[1];
  }
  return null;
}

function wrongName({ cert }: Failure, { hostname }: URL): string {
  const names = String(cert?.subjectaltname ?? '').replaceAll(/(DNS|IP Address):/g, '');
  return `its certificate is for ${names === '' ? 'other names' : names}, not for ${hostname}. Use one of these, or add yours to the control plane’s SERVERCTL_PUBLIC_URLS`;
}

/** A fetch wraps what happened in causes, and tries over several addresses in a list. */
function causes(error: unknown): readonly Failure[] {
  const found: Failure[] = [];
  let one = error as Failure | undefined;
  while (typeof one === 'object' && one !== null && found.length < 8) {
    found.push(one);
    one = (one.cause ?? one.errors?.[0]) as Failure | undefined;
  }
  return found;
}
