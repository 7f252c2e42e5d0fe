import { type ApiHttp, TransportError } from '@serverctl/dns';
import { type OutboundApi, OutboundSilence } from '../outbound-api.ts';

/** The adapters' port: whether a request was sent is told in its own words (R19), and what was wrong with a certificate stays its cause. */
export function httpOver(api: OutboundApi): ApiHttp {
  return {
    request: ({ headers, ...asked }) =>
      api.request({ ...asked, headers: { 'user-agent': 'serverctl', ...headers } }).catch((error: unknown) => {
        throw error instanceof OutboundSilence
          ? new TransportError(error.because, error.sent, error, error.message)
          : error;
      }),
  };
}
