import type { Admission } from '../admission/admission.ts';
import { CallFailed, type WebhookCaller } from '../admission/call.ts';
import { Pending } from '../admission/pending.ts';
import { ApiError } from '../api/api-error.ts';
import { isObject, listAt, objectAt, parseJson, textAt, type Json, type JsonObject } from '../json/value.ts';
import { withMeta } from '../objects/metadata.ts';
import { asServed } from '../objects/prepare.ts';
import type { ServedResource, WebhookConversion } from '../registry/served-resource.ts';

export interface ConversionParts {
  readonly admission: Admission;
  readonly call: WebhookCaller;
  readonly newId: () => string;
}

/** So long the real server waits for a conversion. */
const timeoutSeconds = 30;

/** A conversion changes no metadata but labels and annotations. */
const withMetadataOf = (object: JsonObject, converted: JsonObject): JsonObject => {
  const metadata = objectAt(converted, 'metadata') ?? {};
  let result: JsonObject = { ...converted, metadata: object['metadata'] ?? {} };
  for (const field of ['labels', 'annotations']) result = withMeta(result, field, metadata[field]);
  return result;
};

/** Without what differs each time that a write is begun anew. */
const contentOf = (object: JsonObject): string => {
  const { name = '', namespace = '', labels = {}, annotations = {} } = objectAt(object, 'metadata') ?? {};
  return JSON.stringify({ ...object, metadata: { name, namespace, labels, annotations } });
};

const failed = (object: JsonObject, why: string): ApiError => {
  const from = `${textAt(object, 'apiVersion') ?? ''}, Kind=${textAt(object, 'kind') ?? ''}`;
  return new ApiError(500, '', `conversion webhook for ${from} failed: ${why}`);
};

/** Objects of custom kinds between the version that is stored and the one that is asked for. */
export class Conversion {
  readonly #parts: ConversionParts;
  /** Stored objects never change, so what became of one in another version is known for good. */
  readonly #known = new WeakMap<JsonObject, Map<string, JsonObject>>();

  constructor(parts: ConversionParts) {
    this.#parts = parts;
  }

  /** A stored object in the version of the resource; throws `Pending` while a webhook is to be asked. */
  served(resource: ServedResource, object: JsonObject): JsonObject {
    return this.servedAll(resource, [object])[0]!;
  }

  /** The same of many, in one question. */
  servedAll(resource: ServedResource, objects: readonly JsonObject[]): readonly JsonObject[] {
    const { conversion } = resource;
    if (conversion === undefined || !this.#parts.admission.isAsked)
      return objects.map((object) => asServed(resource, object));
    const missing = objects.filter((object) => this.#find(resource, object) === undefined);
    if (missing.length > 0) throw new Pending(() => this.#learn(conversion, resource, missing));
    return objects.map((object) => this.#find(resource, object)!);
  }

  /** The same for who can wait, as watches can. */
  async servedLater(resource: ServedResource, object: JsonObject): Promise<JsonObject> {
    const { conversion } = resource;
    if (conversion === undefined) return asServed(resource, object);
    if (this.#find(resource, object) === undefined) await this.#learn(conversion, resource, [object]);
    return this.#find(resource, object)!;
  }

  /** An object as it is to be stored; throws `Pending` while a webhook is to be asked. */
  stored(resource: ServedResource, object: JsonObject): JsonObject {
    const { conversion } = resource;
    const { admission } = this.#parts;
    if (conversion === undefined || conversion.storageApiVersion === resource.apiVersion) return object;
    if (!admission.isAsked) return object;
    const answer = admission.kept<{ converted?: JsonObject }>(`stored ${contentOf(object)}`, () => ({}));
    if (answer.converted === undefined) {
      throw new Pending(async () => {
        const [converted] = await this.#convert(conversion, [object], conversion.storageApiVersion);
        answer.converted = converted!;
      });
    }
    return withMetadataOf(object, answer.converted);
  }

  #find(resource: ServedResource, object: JsonObject): JsonObject | undefined {
    return object['apiVersion'] === resource.apiVersion
      ? asServed(resource, object)
      : this.#known.get(object)?.get(resource.apiVersion);
  }

  async #learn(
    conversion: WebhookConversion,
    resource: ServedResource,
    objects: readonly JsonObject[],
  ): Promise<void> {
    const converted = await this.#convert(conversion, objects, resource.apiVersion);
    for (const [index, object] of objects.entries()) {
      const versions = this.#known.get(object) ?? new Map<string, JsonObject>();
      this.#known.set(object, versions.set(resource.apiVersion, withMetadataOf(object, converted[index]!)));
    }
  }

  async #convert(
    { client, reviewVersion }: WebhookConversion,
    objects: readonly JsonObject[],
    desiredAPIVersion: string,
  ): Promise<readonly JsonObject[]> {
    const [first] = objects;
    if (first === undefined) return [];
    const uid = this.#parts.newId();
    const apiVersion = `apiextensions.k8s.io/${reviewVersion}`;
    const review = { kind: 'ConversionReview', apiVersion, request: { uid, desiredAPIVersion, objects } };
    let response: JsonObject | undefined;
    try {
      const text = await this.#parts.call(client, JSON.stringify(review), timeoutSeconds);
      response = objectAt(parseJson(text), 'response');
    } catch (error) {
      if (error instanceof CallFailed || error instanceof SyntaxError) throw failed(first, error.message);
      throw error;
    }
    const converted = listAt(response, 'convertedObjects').filter((one: Json) => isObject(one));
    if (textAt(response, 'result', 'status') !== 'Success')
      throw failed(first, textAt(response, 'result', 'message') ?? 'no reason was given');
    const isWhole =
      converted.length === objects.length &&
      converted.every((one) => one['apiVersion'] === desiredAPIVersion && one['kind'] === first['kind']);
    if (!isWhole) throw failed(first, 'the webhook returned other objects than it was asked for');
    return converted;
  }
}
