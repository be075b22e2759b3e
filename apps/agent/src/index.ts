export { agentHelp, agentVersion, parseAgentArguments } from './config.ts';
export type { AgentConfig, ParsedArguments } from './config.ts';
export { isHostPort } from './host-port.ts';
export { agentManifests } from './install/manifests.ts';
export type { AgentManifestsOptions } from './install/manifests.ts';
export { parseRights } from './install/rights.ts';
export type { ParsedRights, Rights, RightsText } from './install/rights.ts';
export { runAgent } from './run-agent.ts';
export type { AgentEnd } from './run-agent.ts';
