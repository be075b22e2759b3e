export { type FarPlace, type LinkQuality, startFarPlace, whyNoNamespaces } from './poor-link.ts';
export { type Relay, type RelayOptions, startRelay } from './relay.ts';
