import { ApiError, badRequest } from '../api/api-error.ts';
import { jsonEqual, type Json, type JsonObject } from '../json/value.ts';
import { asServed } from '../objects/prepare.ts';
import { jsonPatched } from '../patch/json-patch.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { AdmissionAttributes } from './attributes.ts';
import { CallFailed, type WebhookCaller } from './call.ts';
import { resourceToShow, type MatchContext } from './matching.ts';
import { BadAnswer, reviewOf, verdictOf, type Verdict } from './review.ts';
import type { User } from './user.ts';
import type { Webhook } from './webhook.ts';

/** What asking webhooks takes beside the write. */
export interface DispatchContext extends MatchContext {
  readonly call: WebhookCaller;
  readonly newId: () => string;
  readonly user: User;
  /** A patched object as the server decodes it again: with its defaults. */
  readonly decoded: (resource: ServedResource, object: JsonObject) => JsonObject;
}

const internal = (why: string): ApiError =>
  new ApiError(500, 'InternalError', `Internal error occurred: ${why}`, {
    causes: [{ reason: '', message: why, field: '' }],
  });

/** Asks one webhook; `undefined` where it isn't concerned, or fails and is to be ignored then. */
const ask = async (
  webhook: Webhook,
  attributes: AdmissionAttributes,
  context: DispatchContext,
): Promise<(Verdict & { readonly shown: ServedResource }) | undefined> => {
  const shown = resourceToShow(webhook, attributes, context);
  if (shown === undefined) return undefined;
  if (attributes.dryRun && webhook.hasSideEffects) {
    throw badRequest(`admission webhook "${webhook.name}" does not support dry run`);
  }
  const uid = context.newId();
  const review = reviewOf(webhook, attributes, shown, context.user, uid);
  try {
    const text = await context
      .call(webhook.clientConfig, JSON.stringify(review), webhook.timeoutSeconds)
      .catch((error: unknown) => {
        if (error instanceof CallFailed) throw new BadAnswer(`failed to call webhook: ${error.message}`);
        throw error;
      });
    return { ...verdictOf(webhook, uid, text), shown };
  } catch (error) {
    if (!(error instanceof BadAnswer)) throw error;
    if (webhook.failsOpen) return undefined;
    throw internal(`failed calling webhook "${webhook.name}": ${error.message}`);
  }
};

const patched = (
  object: JsonObject,
  patch: readonly Json[],
  shown: ServedResource,
  { resource, subresource }: AdmissionAttributes,
  context: DispatchContext,
): JsonObject => {
  const isScale = subresource === 'scale';
  try {
    const result = jsonPatched(isScale ? object : asServed(shown, object), patch) as JsonObject;
    return isScale ? result : context.decoded(resource, asServed(resource, result));
  } catch (error) {
    throw internal(error instanceof Error ? error.message : String(error));
  }
};

/** Asks the mutating webhooks, one after the other; each sees what those before it made of the object. */
export const mutate = async (
  webhooks: readonly Webhook[],
  attributes: AdmissionAttributes,
  context: DispatchContext,
): Promise<JsonObject | undefined> => {
  let { object } = attributes;
  /** Those that are asked once more, because the object is another one since. */
  const again = new Set<Webhook>();
  const pass = async (some: readonly Webhook[]): Promise<void> => {
    const asked: Webhook[] = [];
    for (const webhook of some) {
      const verdict = await ask(webhook, { ...attributes, object }, context);
      if (verdict === undefined) continue;
      attributes.warnings.push(...verdict.warnings);
      if (verdict.patch !== undefined && verdict.patch.length > 0) {
        if (object === undefined) {
          throw internal(
            `admission webhook "${webhook.name}" attempted to modify the object, which is not supported for this operation`,
          );
        }
        const next = patched(object, verdict.patch, verdict.shown, attributes, context);
        if (!jsonEqual(next, object)) {
          for (const earlier of asked.filter(({ reinvoked }) => reinvoked)) again.add(earlier);
          object = next;
        }
      }
      asked.push(webhook);
    }
  };
  await pass(webhooks);
  const reinvoked = webhooks.filter((webhook) => again.has(webhook));
  if (reinvoked.length > 0) await pass(reinvoked);
  return object;
};

/** Asks the validating webhooks, all at once; throws the first refusal in their order. */
export const validate = async (
  webhooks: readonly Webhook[],
  attributes: AdmissionAttributes,
  context: DispatchContext,
): Promise<void> => {
  const asked = await Promise.allSettled(webhooks.map((webhook) => ask(webhook, attributes, context)));
  for (const one of asked) {
    if (one.status === 'rejected') throw one.reason;
    attributes.warnings.push(...(one.value?.warnings ?? []));
  }
};
