export { NoIdentity } from './enrolled.ts';
export { createHubLink } from './hub-link.ts';
export type { HubLinkOptions, LinkLog, TokenOptions } from './options.ts';
export { decodeDesiredState } from './wire.ts';
