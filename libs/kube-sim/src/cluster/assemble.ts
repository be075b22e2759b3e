import { Admission } from '../admission/admission.ts';
import { callWebhook, type WebhookCaller } from '../admission/call.ts';
import { Conversion } from '../conversion/conversion.ts';
import type { Cluster, Environment } from '../operations/cluster.ts';
import { completed } from '../operations/decode.ts';
import { Registry } from '../registry/registry.ts';
import { normalize } from '../schema/normalize.ts';
import type { Store } from '../store/store.ts';

/** A cluster that serves what is in the store; its webhooks are asked by `call`. */
export const assembleCluster = (
  store: Store,
  environment: Environment,
  call: WebhookCaller = callWebhook,
): Cluster => {
  const registry = new Registry();
  const admission = new Admission({
    store,
    registry,
    newId: environment.newId,
    call,
    decoded: (resource, object) =>
      completed(resource, normalize(object, resource.schema, { dropEmpty: !resource.custom }).object),
  });
  const conversion = new Conversion({ admission, call, newId: environment.newId });
  return { store, registry, environment, admission, conversion };
};
