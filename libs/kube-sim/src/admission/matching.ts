import { labelSelectorMatches } from '../selectors/label-selector.ts';
import { type JsonObject } from '../json/value.ts';
import { labelsOf } from '../objects/metadata.ts';
import type { Registry } from '../registry/registry.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { AdmissionAttributes } from './attributes.ts';
import type { Webhook, WebhookRule } from './webhook.ts';

/** What matching must know beside the write. */
export interface MatchContext {
  readonly registry: Registry;
  readonly namespaceLabels: (namespace: string) => JsonObject | undefined;
}

const covers = (list: readonly string[], value: string): boolean =>
  list.includes('*') || list.includes(value);

/** `pods`, `pods/status`, `pods/*`, `*`, `*``/status` and `*``/*`, as the API's reference of rules says. */
const coversResource = (patterns: readonly string[], plural: string, subresource: string): boolean =>
  patterns.some((pattern) => {
    const [wantedPlural = '', wantedSub = ''] = pattern.split('/');
    const isPlural = wantedPlural === '*' || wantedPlural === plural;
    return isPlural && (wantedSub === subresource || (wantedSub === '*' && pattern.includes('/')));
  });

const coversScope = (scope: string, { resource }: AdmissionAttributes): boolean => {
  if (scope === '*') return true;
  return (scope === 'Namespaced') === resource.namespaced;
};

const ruleMatches = (rule: WebhookRule, attributes: AdmissionAttributes, resource: ServedResource): boolean =>
  covers(rule.operations, attributes.operation) &&
  covers(rule.groups, resource.group) &&
  covers(rule.versions, resource.version) &&
  coversResource(rule.resources, resource.plural, attributes.subresource) &&
  coversScope(rule.scope, attributes);

/** The version of the resource in which a rule asks for it: the request's own, else another of the same objects. */
const askedResource = (
  webhook: Webhook,
  attributes: AdmissionAttributes,
  registry: Registry,
): ServedResource | undefined => {
  const { resource } = attributes;
  const others = webhook.matchesEquivalents
    ? registry.all().filter((other) => other.storage === resource.storage && other !== resource)
    : [];
  return [resource, ...others].find((one) =>
    webhook.rules.some((rule) => ruleMatches(rule, attributes, one)),
  );
};

const namespaceMatches = (
  webhook: Webhook,
  { resource, namespace, object, oldObject }: AdmissionAttributes,
  { namespaceLabels }: MatchContext,
): boolean => {
  if (resource.storage === '/namespaces') {
    const subject = object ?? oldObject;
    return subject === undefined || labelSelectorMatches(webhook.namespaceSelector, labelsOf(subject));
  }
  // What is in no namespace is never left out by a selector of namespaces.
  if (namespace === undefined) return true;
  return labelSelectorMatches(webhook.namespaceSelector, namespaceLabels(namespace) ?? {});
};

const objectMatches = (webhook: Webhook, { object, oldObject }: AdmissionAttributes): boolean => {
  if (Object.keys(webhook.objectSelector).length === 0) return true;
  return [object, oldObject].some(
    (one) => one !== undefined && labelSelectorMatches(webhook.objectSelector, labelsOf(one)),
  );
};

/** The resource to show the webhook; `undefined`: it isn't asked. */
export const resourceToShow = (
  webhook: Webhook,
  attributes: AdmissionAttributes,
  context: MatchContext,
): ServedResource | undefined => {
  const resource = askedResource(webhook, attributes, context.registry);
  return resource !== undefined &&
    namespaceMatches(webhook, attributes, context) &&
    objectMatches(webhook, attributes)
    ? resource
    : undefined;
};
