import { KubeApiError, KubeNetworkError } from '@muster/kube';
import { parseObjectId } from '@muster/manifest';
import type { ObjectId } from '@muster/manifest';
import { NoLeaseError } from '../lease/no-lease.ts';
import type { FieldDifference, StatusReason } from '../status/model.ts';
import { ApplyProblem } from './apply-problem.ts';
import { missingRight } from './forbidden.ts';
import { explainRefusal } from './refusals.ts';
import type { Refusal } from './refusals.ts';
import { troubleAround } from './surroundings.ts';

export interface Failure {
  /** Of what was tried: another digest is tried at once. Undefined: the deletion. */
  readonly digest: string | undefined;
  readonly attempts: number;
  /** By the clock that was given. */
  readonly retryAt: number;
  readonly reason: StatusReason;
  readonly message: string;
  /** Where the object is not as it should be, if that was looked at. */
  readonly differences?: readonly FieldDifference[];
}

const firstDelayMs = 1_000;
const maxRefusedMs = 300_000;
/** What ends without us is looked at more often than what waits for a person. */
const maxUnreachableMs = 30_000;
const fromOutside: ReadonlySet<StatusReason> = new Set(['Unreachable', 'Terminating', 'KindMissing']);
const dependOnPolicy: ReadonlySet<StatusReason> = new Set(['Conflict', 'Immutable', 'Forbidden']);

/** Each object's last failure and when it is tried again: exponential, with jitter, and nobody else's concern. */
export class Failures {
  readonly #byId = new Map<ObjectId, Failure>();
  readonly #now: () => number;
  readonly #random: () => number;

  constructor(now: () => number, random: () => number) {
    this.#now = now;
    this.#random = random;
  }

  of(id: ObjectId): Failure | undefined {
    return this.#byId.get(id);
  }

  /** `account`: `<namespace>/<name>` of the service account that it was tried as, if not as the agent itself. */
  record(id: ObjectId, digest: string | undefined, error: unknown, account?: string): Failure {
    const before = this.#byId.get(id);
    const attempts = before && before.digest === digest ? before.attempts + 1 : 1;
    const { reason, message, mayEndByItself } = explain(id, error, account);
    const endsByItself = mayEndByItself ?? fromOutside.has(reason);
    const limit = endsByItself ? maxUnreachableMs : maxRefusedMs;
    const delay = Math.min(limit, firstDelayMs * 2 ** (attempts - 1)) * (0.8 + 0.4 * this.#random());
    const failure = { digest, attempts, reason, message, retryAt: this.#now() + delay };
    this.#byId.set(id, failure);
    return failure;
  }

  succeeded(id: ObjectId): void {
    this.#byId.delete(id);
  }

  isBackingOff(id: ObjectId, digest: string | undefined): boolean {
    const failure = this.#byId.get(id);
    return failure !== undefined && failure.digest === digest && failure.retryAt > this.#now();
  }

  /** Everything may be tried at once again. */
  forgive(): void {
    for (const [id, failure] of this.#byId) this.#byId.set(id, { ...failure, retryAt: 0 });
  }

  /** What a newer desired state may help with (force, consent, another account), whatever object it changed. */
  forgivePolicies(): void {
    for (const [id, failure] of this.#byId)
      if (dependOnPolicy.has(failure.reason)) this.#byId.set(id, { ...failure, retryAt: 0 });
  }

  /** Objects of a group are tried anew, because a kind of it was changed. True when there are such. */
  forgiveGroup(group: string): boolean {
    const ids = [...this.#byId.keys()].filter((id) => parseObjectId(id)?.group === group);
    for (const id of ids) this.#byId.set(id, { ...this.#byId.get(id)!, attempts: 0, retryAt: 0 });
    return ids.length > 0;
  }

  /** Keeps failures of these objects only. */
  keepOnly(isKnown: (id: ObjectId) => boolean): void {
    for (const id of this.#byId.keys()) if (!isKnown(id)) this.#byId.delete(id);
  }

  /** When the next object may be tried again that could not be at that time, when all were last considered. */
  nextRetryAt(since: number): number | undefined {
    let next: number | undefined;
    for (const { retryAt } of this.#byId.values())
      if (retryAt > since && (next === undefined || retryAt < next)) next = retryAt;
    return next;
  }
}

function explain(id: ObjectId, error: unknown, account: string | undefined): Refusal {
  if (error instanceof KubeNetworkError || error instanceof NoLeaseError)
    return { reason: 'Unreachable', message: error.message };
  if (error instanceof ApplyProblem) return error;
  if (!(error instanceof KubeApiError))
    return { reason: 'Failed', message: error instanceof Error ? error.message : String(error) };
  const right = missingRight(error, account);
  // Says nothing of the object but what it is called.
  if (right !== undefined) return { reason: 'Forbidden', message: right };
  return explainRefusal(error) ?? { reason: reasonOf(error), message: maskedMessage(id, error) };
}

function reasonOf(error: KubeApiError): StatusReason {
  return troubleAround(error) ?? (error.status === 409 ? 'Conflict' : 'Refused');
}

/** The API server quotes what it refuses, and webhooks may say anything: of a Secret only the cause's kind is told. */
function maskedMessage(id: ObjectId, error: KubeApiError): string {
  const key = parseObjectId(id);
  if (key?.group !== '' || key.kind !== 'Secret') return error.message.slice(0, 1_000);
  const fields =
    error.details?.causes?.map((cause) => cause.field).filter((field) => field && /^[\w.]+$/.test(field)) ??
    [];
  const where = fields.length > 0 ? ` at ${fields.join(', ')}` : '';
  return `the API server answered ${error.status} ${error.reason}${where} (its message is withheld, because it may quote the Secret)`;
}
