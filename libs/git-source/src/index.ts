export * from './errors.ts';
export { type GitSourceOptions, openGitSource } from './open-git-source.ts';
export type * from './port.ts';
export { locate, withoutCredentials } from './remote-url.ts';
export { watchLocalRepo } from './watch-local-repo.ts';
export {
  maxWebhookBytes,
  verifyWebhook,
  type WebhookDelivery,
  type WebhookOutcome,
  type WebhookSender,
} from './webhook/verify.ts';
