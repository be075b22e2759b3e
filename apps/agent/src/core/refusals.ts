import type { KubeApiError } from '@muster/kube';
import type { StatusReason } from '../status/model.ts';

export interface Refusal {
  readonly reason: StatusReason;
  /** Names fields, managers and keys of lists, never a value. */
  readonly message: string;
  /** Others may end it: a CRD that is not this fleet's may gain the field. */
  readonly mayEndByItself?: true;
}

const maxNamed = 8;

/** A field name of a structured-merge-diff path, as `.spec.ports[port=80,protocol="TCP"].name`. */
const schemaProblem = /^\s*(\.\S.*?): (field not declared in schema|duplicate entries for key (\[.*\]))$/;

/**
 * What the API server's refusal of an apply is about, where it is one of those that name a field; `undefined` for any
 * other. What it says is not passed on but for names, because it quotes values.
 */
export function explainRefusal(error: KubeApiError): Refusal | undefined {
  return explainConflict(error) ?? explainSchema(error) ?? explainImmutable(error);
}

/** Without force, an apply that would take fields from other managers changes nothing. */
function explainConflict(error: KubeApiError): Refusal | undefined {
  if (error.status !== 409) return undefined;
  const conflicts = (error.details?.causes ?? []).filter((cause) => cause.reason === 'FieldManagerConflict');
  if (conflicts.length === 0) return undefined;
  const named = conflicts.map(({ field = '', message = '' }) => {
    const [, manager = 'another manager'] = /conflict with "([^"]*)"/.exec(message) ?? [];
    return `${withoutDot(field)} (${manager})`;
  });
  return {
    reason: 'Conflict',
    message: `other managers own fields that the manifest sets, and its bundle takes none by force: ${list(named)}`,
  };
}

/** Server-side apply reads a manifest by the schema of its kind before anything else: merging needs it. */
function explainSchema(error: KubeApiError): Refusal | undefined {
  if (!error.message.startsWith('failed to create typed patch object')) return undefined;
  const said = error.message.slice(error.message.indexOf('): ') + 3);
  const unknown: string[] = [];
  const twice: string[] = [];
  for (const line of said.split('\n')) {
    const [, path, , key] = schemaProblem.exec(line) ?? [];
    if (path === undefined) continue;
    if (key === undefined) unknown.push(withoutDot(path));
    else twice.push(`${withoutDot(path)} has more than one entry with the key ${key.slice(1, -1)}`);
  }
  const parts = [...twice];
  if (unknown.length > 0)
    parts.push(
      `the cluster does not know ${list(unknown)}: misspelt, or of a newer version of the kind than the cluster serves`,
    );
  if (parts.length === 0) return undefined;
  const refusal = { reason: 'Refused', message: list(parts, '; ') } as const;
  return unknown.length > 0 ? { ...refusal, mayEndByItself: true } : refusal;
}

function explainImmutable(error: KubeApiError): Refusal | undefined {
  const fields = immutableFields(error);
  return fields && { reason: 'Immutable', message: `${list(fields)} cannot be changed` };
}

/** How API servers, and webhooks of well-known controllers, say that a field stays as it was made. */
const cannotChange =
  /immutable|may not change once set|cannot change roleRef|updates to .* are forbidden|updates may not change|may not be changed|can ?not be (changed|updated|modified)/i;

/**
 * The fields that an update would have had to change though they cannot be; `undefined` where anything else stands in
 * its way as well, for then a new object would be refused too.
 */
export function immutableFields(error: KubeApiError): readonly string[] | undefined {
  if (error.status === 409 || error.status >= 500) return undefined;
  const causes = error.details?.causes ?? [];
  if (causes.length === 0) {
    const isWebhooks = /^admission webhook "[^"]*" denied the request: /.test(error.message);
    return isWebhooks && cannotChange.test(error.message) ? ['a field'] : undefined;
  }
  if (!causes.every((cause) => cannotChange.test(detailOf(cause.message)))) return undefined;
  return [...new Set(causes.map((cause) => cause.field || 'a field'))];
}

/** The end of the first line: before it stands the value, after it what differs. */
function detailOf(message: string | undefined): string {
  const [line = ''] = (message ?? '').split('\n', 1);
  return line.slice(line.lastIndexOf(': ') + 1);
}

export function list(items: readonly string[], separator = ', '): string {
  const more = items.length > maxNamed ? ` and ${items.length - maxNamed} more` : '';
  return items.slice(0, maxNamed).join(separator) + more;
}

function withoutDot(path: string): string {
  return path.replace(/^\./, '');
}
