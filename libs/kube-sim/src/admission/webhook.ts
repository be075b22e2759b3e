import { isObject, listAt, numberAt, objectAt, textAt, type Json, type JsonObject } from '../json/value.ts';
import { nameOf } from '../objects/metadata.ts';

export interface WebhookClientConfig {
  readonly url: string | undefined;
  readonly service:
    | { readonly namespace: string; readonly name: string; readonly path: string; readonly port: number }
    | undefined;
  /** PEM. */
  readonly caBundle: string | undefined;
}

export interface WebhookRule {
  readonly operations: readonly string[];
  readonly groups: readonly string[];
  readonly versions: readonly string[];
  readonly resources: readonly string[];
  readonly scope: string;
}

/** One webhook of a configuration. */
export interface Webhook {
  readonly name: string;
  readonly clientConfig: WebhookClientConfig;
  readonly rules: readonly WebhookRule[];
  readonly failsOpen: boolean;
  readonly matchesEquivalents: boolean;
  readonly namespaceSelector: JsonObject;
  readonly objectSelector: JsonObject;
  readonly hasSideEffects: boolean;
  readonly timeoutSeconds: number;
  readonly reviewVersion: string;
  /** Called once more when a later webhook changed the object. */
  readonly reinvoked: boolean;
}

const texts = (list: readonly Json[]): string[] => list.filter((item) => typeof item === 'string');

/** Of admission webhooks and of conversion alike. */
export const clientConfigOf = (raw: JsonObject | undefined): WebhookClientConfig => {
  const service = objectAt(raw, 'service');
  const caBundle = textAt(raw, 'caBundle');
  return {
    url: textAt(raw, 'url'),
    service: service && {
      namespace: textAt(service, 'namespace') ?? '',
      name: textAt(service, 'name') ?? '',
      path: textAt(service, 'path') ?? '',
      port: numberAt(service, 'port') ?? 443,
    },
    caBundle:
      caBundle === undefined || caBundle === ''
        ? undefined
        : Buffer.from(caBundle, 'base64').toString('utf8'),
  };
};

const ruleOf = (raw: Json): WebhookRule => ({
  operations: texts(listAt(raw, 'operations')),
  groups: texts(listAt(raw, 'apiGroups')),
  versions: texts(listAt(raw, 'apiVersions')),
  resources: texts(listAt(raw, 'resources')),
  scope: textAt(raw, 'scope') ?? '*',
});

const webhookOf = (raw: JsonObject): Webhook => ({
  name: textAt(raw, 'name') ?? '',
  clientConfig: clientConfigOf(objectAt(raw, 'clientConfig')),
  rules: listAt(raw, 'rules').map(ruleOf),
  failsOpen: textAt(raw, 'failurePolicy') === 'Ignore',
  matchesEquivalents: textAt(raw, 'matchPolicy') !== 'Exact',
  namespaceSelector: objectAt(raw, 'namespaceSelector') ?? {},
  objectSelector: objectAt(raw, 'objectSelector') ?? {},
  hasSideEffects: !['None', 'NoneOnDryRun'].includes(textAt(raw, 'sideEffects') ?? ''),
  timeoutSeconds: numberAt(raw, 'timeoutSeconds') ?? 10,
  reviewVersion: texts(listAt(raw, 'admissionReviewVersions'))[0] ?? 'v1',
  reinvoked: textAt(raw, 'reinvocationPolicy') === 'IfNeeded',
});

/** All webhooks of the configurations: those in the order of their names, and in each in its own order. */
export const webhooksOf = (configurations: readonly JsonObject[]): readonly Webhook[] =>
  [...configurations]
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
    .flatMap((configuration) => listAt(configuration, 'webhooks').filter(isObject).map(webhookOf));
