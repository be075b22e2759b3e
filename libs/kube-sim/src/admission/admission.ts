import { conflict } from '../api/api-error.ts';
import type { JsonObject } from '../json/value.ts';
import { labelsOf, resourceVersionOf, withMeta } from '../objects/metadata.ts';
import type { Registry } from '../registry/registry.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { Store } from '../store/store.ts';
import { freePassage, type AdmissionAttributes, type Passage } from './attributes.ts';
import type { WebhookCaller } from './call.ts';
import { mutate, validate, type DispatchContext } from './dispatch.ts';
import { resourceToShow } from './matching.ts';
import { Pending } from './pending.ts';
import { administrator, type User } from './user.ts';
import { webhooksOf, type Webhook } from './webhook.ts';

const mutatingStorage = 'admissionregistration.k8s.io/mutatingwebhookconfigurations';
const validatingStorage = 'admissionregistration.k8s.io/validatingwebhookconfigurations';

/** Twice for each beginning; more than that, and the object is changed faster than webhooks answer. */
const maxQuestions = 10;

type Settled<T> = { readonly value: T } | { readonly error: unknown };

/** What is known of one write, through all its beginnings. */
interface Ticket {
  mutated?: Settled<JsonObject | undefined>;
  made?: { readonly value: unknown };
  validated?: Settled<void>;
  warnings: string[];
}

/** A request, or a controller's turn: who asks, and what webhooks answered so far. */
export class AdmissionSession {
  readonly user: User;
  readonly tickets = new Map<string, Ticket>();
  readonly kept = new Map<string, unknown>();
  /** How often each object's write was held up by a question. */
  readonly questions = new Map<string, number>();

  constructor(user: User) {
    this.user = user;
  }
}

export interface AdmissionParts {
  readonly store: Store;
  readonly registry: Registry;
  readonly newId: () => string;
  readonly call: WebhookCaller;
  readonly decoded: (resource: ServedResource, object: JsonObject) => JsonObject;
}

const settle = async <T>(work: () => Promise<T>): Promise<Settled<T>> => {
  try {
    return { value: await work() };
  } catch (error) {
    return { error };
  }
};

const valueOf = <T>(settled: Settled<T>): T => {
  if ('error' in settled) throw settled.error;
  return settled.value;
};

const subjectOf = ({ operation, resource, subresource, namespace, name }: AdmissionAttributes): string =>
  [operation, resource.storage, subresource, namespace ?? '', name].join('\n');

const keyOf = (attributes: AdmissionAttributes): string => {
  const { object, oldObject, dryRun } = attributes;
  // The managers' list bears the time of the attempt.
  const content = object === undefined ? '' : JSON.stringify(withMeta(object, 'managedFields', undefined));
  const old = oldObject === undefined ? '' : resourceVersionOf(oldObject);
  return [subjectOf(attributes), old, dryRun, content].join('\n');
};

/** The webhooks of a cluster, and the ways of its writes past them. */
export class Admission {
  readonly #parts: AdmissionParts;
  #session: AdmissionSession | undefined;
  #known: { readonly from: readonly JsonObject[]; readonly webhooks: readonly Webhook[] }[] = [];

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /** Somebody waits for an answer, and so can wait for webhooks. */
  get isAsked(): boolean {
    return this.#session !== undefined;
  }

  /** Who asks for what is being done now. */
  get user(): User {
    return this.#session?.user ?? administrator;
  }

  /**
   * The way of a write past the webhooks that it concerns. Outside of a session nobody is asked: what tests put
   * into a cluster by hand is there as they put it.
   */
  begin(attributes: AdmissionAttributes): Passage {
    const session = this.#session;
    const free = freePassage(attributes.object);
    if (session === undefined || attributes.resource.group === 'admissionregistration.k8s.io') return free;
    const mutating = this.#webhooks(0, mutatingStorage);
    const validating = this.#webhooks(1, validatingStorage);
    if (mutating.length === 0 && validating.length === 0) return free;
    if (![...mutating, ...validating].some((webhook) => this.#concerns(webhook, attributes, session)))
      return free;
    return this.#passage(session, attributes, mutating, validating);
  }

  /** Made once a session, however often its work is begun anew. */
  kept<T>(name: string, make: () => T): T {
    const session = this.#session;
    if (session === undefined) return make();
    if (!session.kept.has(name)) session.kept.set(name, make());
    return session.kept.get(name) as T;
  }

  /**
   * Does work that may have to wait for webhooks: before this returns, where it doesn't. `onWait` hears when it does.
   * Rejects with what the work throws.
   */
  async complete<T>(user: User, work: () => T, onWait = (): void => undefined): Promise<T> {
    const session = new AdmissionSession(user);
    for (;;) {
      try {
        return this.#within(session, work);
      } catch (error) {
        if (!(error instanceof Pending)) throw error;
        onWait();
        await error.answer();
      }
    }
  }

  #within<T>(session: AdmissionSession, work: () => T): T {
    const outer = this.#session;
    this.#session = session;
    try {
      return work();
    } finally {
      this.#session = outer;
    }
  }

  #passage(
    session: AdmissionSession,
    attributes: AdmissionAttributes,
    mutating: readonly Webhook[],
    validating: readonly Webhook[],
  ): Passage {
    const key = keyOf(attributes);
    const ticket: Ticket = session.tickets.get(key) ?? { warnings: [] };
    session.tickets.set(key, ticket);
    const asking = { ...attributes, warnings: ticket.warnings };
    return {
      mutated: () => {
        if (ticket.mutated === undefined && this.#concernsAny(mutating, asking, session)) {
          throw this.#question(session, attributes, async () => {
            ticket.mutated = await settle(() => mutate(mutating, asking, this.#context(session)));
          });
        }
        return ticket.mutated === undefined ? attributes.object : valueOf(ticket.mutated);
      },
      once: (make) => {
        ticket.made ??= { value: make() };
        return ticket.made.value as ReturnType<typeof make>;
      },
      validated: (object) => {
        const final = { ...asking, object };
        if (ticket.validated === undefined && this.#concernsAny(validating, final, session)) {
          throw this.#question(session, attributes, async () => {
            ticket.validated = await settle(() => validate(validating, final, this.#context(session)));
          });
        }
        if (ticket.validated !== undefined) valueOf(ticket.validated);
        attributes.warnings.push(...ticket.warnings);
      },
      written: () => {
        session.tickets.delete(key);
        session.questions.delete(subjectOf(attributes));
      },
    };
  }

  #question(session: AdmissionSession, attributes: AdmissionAttributes, answer: () => Promise<void>): Error {
    const subject = subjectOf(attributes);
    const questions = (session.questions.get(subject) ?? 0) + 1;
    session.questions.set(subject, questions);
    const { name } = attributes;
    const { group, plural, kind } = attributes.resource;
    return questions > maxQuestions
      ? conflict({ group, plural, kind, name }, 'it was changed again and again while webhooks were asked')
      : new Pending(answer);
  }

  #concernsAny(
    webhooks: readonly Webhook[],
    attributes: AdmissionAttributes,
    session: AdmissionSession,
  ): boolean {
    return webhooks.some((webhook) => this.#concerns(webhook, attributes, session));
  }

  #concerns(webhook: Webhook, attributes: AdmissionAttributes, session: AdmissionSession): boolean {
    return resourceToShow(webhook, attributes, this.#context(session)) !== undefined;
  }

  #context({ user }: AdmissionSession): DispatchContext {
    const { store, registry, newId, call, decoded } = this.#parts;
    return {
      registry,
      user,
      newId,
      call,
      decoded,
      namespaceLabels: (name) => {
        const namespace = store.get('/namespaces', name);
        return namespace === undefined ? undefined : labelsOf(namespace);
      },
    };
  }

  /** The store's list stays the same until something in it changes. */
  #webhooks(slot: 0 | 1, storage: string): readonly Webhook[] {
    const from = this.#parts.store.list(storage);
    const known = this.#known[slot];
    if (known?.from === from) return known.webhooks;
    const webhooks = webhooksOf(from);
    this.#known[slot] = { from, webhooks };
    return webhooks;
  }
}
