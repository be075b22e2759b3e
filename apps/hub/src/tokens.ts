import type { Logger } from 'pino';

/** What is injected by name, because it is a value or an interface. */
export const CONFIG = Symbol('HubConfig');
export const LOGGER = Symbol('Logger');
export const STORE = Symbol('Store');
export const IDENTITY = Symbol('HubIdentity');
export const RENDERER = Symbol('Renderer');
export const CLOCK = Symbol('Clock');

/** ms since the epoch. */
export type Clock = () => number;

export type { Logger };
