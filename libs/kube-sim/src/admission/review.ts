import {
  isObject,
  listAt,
  numberAt,
  objectAt,
  parseJson,
  textAt,
  type Json,
  type JsonObject,
} from '../json/value.ts';
import { ApiError } from '../api/api-error.ts';
import { asServed } from '../objects/prepare.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { AdmissionAttributes } from './attributes.ts';
import type { User } from './user.ts';
import type { Webhook } from './webhook.ts';

/** What a webhook answered. */
export interface Verdict {
  readonly patch: readonly Json[] | undefined;
  readonly warnings: readonly string[];
}

/** The webhook answered what it must not: as bad as no answer. */
export class BadAnswer extends Error {
  override readonly name = 'BadAnswer';
}

const kindOf = ({ group, version, kind }: ServedResource): JsonObject => ({ group, version, kind });
const resourceOf = ({ group, version, plural }: ServedResource): JsonObject => ({
  group,
  version,
  resource: plural,
});

const scaleKind: JsonObject = { group: 'autoscaling', version: 'v1', kind: 'Scale' };

const optionKinds = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions' } as const;

/** `AdmissionReview` with its request, about the write in the version that the webhook asked for. */
export const reviewOf = (
  webhook: Webhook,
  attributes: AdmissionAttributes,
  shown: ServedResource,
  user: User,
  uid: string,
): JsonObject => {
  const { operation, resource, subresource, namespace, name, object, oldObject, dryRun, manager } =
    attributes;
  const isScale = subresource === 'scale';
  const inVersion = (one: JsonObject | undefined): Json =>
    one === undefined ? null : isScale ? one : asServed(shown, one);
  return {
    kind: 'AdmissionReview',
    apiVersion: `admission.k8s.io/${webhook.reviewVersion}`,
    request: {
      uid,
      kind: isScale ? scaleKind : kindOf(shown),
      resource: resourceOf(shown),
      ...(subresource !== '' && { subResource: subresource }),
      requestKind: isScale ? scaleKind : kindOf(resource),
      requestResource: resourceOf(resource),
      ...(subresource !== '' && { requestSubResource: subresource }),
      ...(name !== '' && { name }),
      ...(namespace !== undefined && { namespace }),
      operation,
      userInfo: { ...user },
      object: inVersion(object),
      oldObject: inVersion(oldObject),
      dryRun,
      options: {
        kind: optionKinds[operation],
        apiVersion: 'meta.k8s.io/v1',
        ...(operation !== 'DELETE' && { fieldManager: manager }),
        ...(dryRun && { dryRun: ['All'] }),
      },
    },
  };
};

const denial = (webhook: Webhook, status: JsonObject | undefined): ApiError => {
  const deniedBy = `admission webhook "${webhook.name}" denied the request`;
  const reason = textAt(status, 'reason') ?? '';
  const why = [textAt(status, 'message'), reason].find((text) => text !== undefined && text !== '');
  const code = numberAt(status, 'code') ?? 0;
  return new ApiError(
    code < 400 ? 400 : code,
    reason,
    why === undefined ? `${deniedBy} without explanation` : `${deniedBy}: ${why}`,
    {},
  );
};

/** Reads the answer to a review; throws `ApiError` for a refusal, `BadAnswer` for what is no answer. */
export const verdictOf = (webhook: Webhook, uid: string, text: string): Verdict => {
  let review: Json;
  try {
    review = parseJson(text);
  } catch {
    throw new BadAnswer('received invalid webhook response: it is not JSON');
  }
  const wanted = `admission.k8s.io/${webhook.reviewVersion}, Kind=AdmissionReview`;
  const got = `${textAt(review, 'apiVersion') ?? ''}, Kind=${textAt(review, 'kind') ?? ''}`;
  if (got !== wanted) {
    throw new BadAnswer(
      `received invalid webhook response: expected webhook response of ${wanted}, got ${got}`,
    );
  }
  const response = objectAt(review, 'response');
  if (response === undefined)
    throw new BadAnswer('received invalid webhook response: webhook response was absent');
  const answered = textAt(response, 'uid') ?? '';
  if (answered !== uid) {
    throw new BadAnswer(
      `received invalid webhook response: expected response.uid="${uid}", got "${answered}"`,
    );
  }
  if (response['allowed'] !== true) throw denial(webhook, objectAt(response, 'status'));
  return {
    patch: patchOf(response),
    warnings: listAt(response, 'warnings').filter((warning) => typeof warning === 'string'),
  };
};

const patchOf = (response: JsonObject): readonly Json[] | undefined => {
  const encoded = textAt(response, 'patch') ?? '';
  if (encoded === '') return undefined;
  if (textAt(response, 'patchType') !== 'JSONPatch') {
    throw new BadAnswer(
      'received invalid webhook response: webhook returned response.patch but not response.patchType',
    );
  }
  const patch = parseJson(Buffer.from(encoded, 'base64').toString('utf8'));
  if (!Array.isArray(patch) || !patch.every((operation: Json) => isObject(operation))) {
    throw new BadAnswer('received invalid webhook response: response.patch is not a JSON patch');
  }
  return patch;
};
