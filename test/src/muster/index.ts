export { type AgentOptions, startAgent, type TestAgent } from './agent.ts';
export { HubClient } from './hub-client.ts';
export { type HubOptions, startHub, type TestHub } from './hub.ts';
export { type RunningProgram, runProgram, startProgram } from './program.ts';
export { type StubBundle, StubHub } from './stub-hub.ts';
export { NotInTime, until } from './until.ts';
