export type { ActionContext } from './action-context.ts';
export { createFleetActions } from './create-fleet-actions.ts';
export type { ActionPorts, JoinInvitation } from './ports.ts';
