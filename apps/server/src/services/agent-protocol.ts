import { protocolVersion } from '@serverctl/contract/agent';
import { AppError } from '@serverctl/core';

/** Throws `agent_protocol_unsupported` for an agent that speaks another version than we do. */
export function assertProtocol(protocol: number): void {
  if (protocol !== protocolVersion)
    throw new AppError('agent_protocol_unsupported', { seen: protocol, spoken: protocolVersion });
}
