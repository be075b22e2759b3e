import type { StatusCause } from '../api/api-error.ts';
import { isObject, listAt, textAt, type JsonObject } from '../json/value.ts';
import { required, wrong } from './causes.ts';
import { changed, mapList, under } from './pod-defaults.ts';

const client = (webhook: JsonObject): JsonObject =>
  changed(webhook, 'clientConfig', (config) =>
    isObject(config)
      ? changed(config, 'service', (service) => (isObject(service) ? under(service, { port: 443 }) : service))
      : config,
  );

/** Of MutatingWebhookConfigurations and ValidatingWebhookConfigurations. */
export const withWebhookDefaults = (object: JsonObject): JsonObject =>
  changed(object, 'webhooks', (list) =>
    mapList(list, (webhook) =>
      changed(
        client(
          under(webhook, {
            failurePolicy: 'Fail',
            matchPolicy: 'Equivalent',
            namespaceSelector: {},
            objectSelector: {},
            timeoutSeconds: 10,
            ...(object['kind'] === 'MutatingWebhookConfiguration' && { reinvocationPolicy: 'Never' }),
          }),
        ),
        'rules',
        (rules) => mapList(rules, (rule) => under(rule, { scope: '*' })),
      ),
    ),
  );

const sideEffects = ['None', 'NoneOnDryRun'];

/** Webhooks with side effects are not to be had any more: a dry run could not ask them. */
export const validateWebhooks = (object: JsonObject): StatusCause[] =>
  listAt(object, 'webhooks').flatMap((webhook, index) => {
    const field = `webhooks[${index}]`;
    const given = textAt(webhook, 'sideEffects');
    const causes =
      listAt(webhook, 'admissionReviewVersions').length === 0
        ? [required(`${field}.admissionReviewVersions`, `must specify one of v1, v1beta1`)]
        : [];
    if (given === undefined)
      return [...causes, required(`${field}.sideEffects`, `must specify one of ${sideEffects.join(', ')}`)];
    if (!sideEffects.includes(given)) {
      causes.push({
        reason: 'FieldValueNotSupported',
        message: `Unsupported value: "${given}": supported values: ${sideEffects.map((one) => `"${one}"`).join(', ')}`,
        field: `${field}.sideEffects`,
      });
    }
    const hasUrl = textAt(webhook, 'clientConfig', 'url') !== undefined;
    const hasService = textAt(webhook, 'clientConfig', 'service', 'name') !== undefined;
    return hasUrl === hasService
      ? [...causes, wrong(`${field}.clientConfig`, '', 'exactly one of url or service is required')]
      : causes;
  });
