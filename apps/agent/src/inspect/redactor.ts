import { KubeApiError } from '@muster/kube';
import type { KubeClient, KubeObject } from '@muster/kube';
import { secrets } from '../resources.ts';
import { fieldsOf, listOf, textOf } from './read.ts';

const mask = '***';
/** Shorter ones are words that a log is full of: `true`, `admin`. */
const minLength = 6;
const maxSecrets = 30;
const maxValues = 5_000;

/** Text in which a credential stands, whatever Secret it is from. */
const credentials: readonly (readonly [RegExp, string])[] = [
  [/:\/\/[^\s/@]+@/g, `://${mask}@`],
  [/\beyJ[\w-]{8,}\.[\w-]+(\.[\w-]*)?/g, mask],
  [/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${mask}`],
  [
    /((?:pass(?:word|wd|phrase)?|secret|token|api[-_]?key|access[-_]?key|credentials?)["']?\s*[=:]\s*["']?)[^\s"',;]+/gi,
    `$1${mask}`,
  ],
];

/** What of a Pod's Secrets is not known: nothing; some that are gone, and may have been there when it began; or more. */
export type Unknown = 'nothing' | 'gone' | 'unread';

/** Takes what Secrets hold out of lines that a container wrote. */
export class Redactor {
  /** Where it is anything, `redactStrictly` is what a line needs. */
  readonly unknown: Unknown;
  readonly #values: readonly string[];

  constructor(values: Iterable<string>, unknown: Unknown = 'nothing') {
    this.unknown = unknown;
    // The longest first: one may begin with another.
    this.#values = [...new Set(values)].sort((a, b) => b.length - a.length);
  }

  /** Every value of a Secret that the Pod has been given. A line that `isCut` may end within one. */
  redact(line: string, isCut = false): string {
    let result = line;
    for (const value of this.#values) if (result.includes(value)) result = result.replaceAll(value, mask);
    return isCut ? this.#withoutBeginning(result) : result;
  }

  /** Also what only looks like a credential: for lines that go where many read them. */
  redactStrictly(line: string, isCut = false): string {
    return maskCredentials(this.redact(line, isCut));
  }

  #withoutBeginning(line: string): string {
    for (const value of this.#values) {
      const head = value.slice(0, minLength);
      let at = line.indexOf(head, Math.max(0, line.length - value.length));
      for (; at >= 0; at = line.indexOf(head, at + 1))
        if (value.startsWith(line.slice(at))) return line.slice(0, at) + mask;
    }
    return line;
  }
}

/** Text that isn't a Pod's log, but may quote one, without what looks like a credential. */
export function maskCredentials(text: string): string {
  return credentials.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}

/** A redactor of all Secrets that a Pod was given, as far as they can be read. */
export async function redactorFor(kube: KubeClient, pod: KubeObject, signal: AbortSignal): Promise<Redactor> {
  const names = secretsOf(pod);
  const { namespace = '' } = pod.metadata;
  const values = new Set<string>();
  let unknown: Unknown = names.length > maxSecrets ? 'unread' : 'nothing';
  for (const name of names.slice(0, maxSecrets)) {
    try {
      const secret = await kube.get(secrets, { namespace, name }, { signal });
      for (const value of Object.values(fieldsOf(secret['data']))) addForms(textOf(value), values);
    } catch (error) {
      if (!(error instanceof KubeApiError)) throw error;
      if (error.status !== 404) unknown = 'unread';
      else if (unknown === 'nothing') unknown = 'gone';
    }
    if (values.size <= maxValues) continue;
    unknown = 'unread';
    break;
  }
  return new Redactor(values, unknown);
}

/** A value as it is kept, as it is, line by line, and as programs write texts into JSON and URLs. */
function addForms(encoded: string, values: Set<string>): void {
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const plain = [text.trim(), ...lines].filter((form) => form.length >= minLength);
  for (const form of [encoded, ...plain]) if (form.length >= minLength) values.add(form);
  for (const form of plain) {
    values.add(JSON.stringify(form).slice(1, -1));
    values.add(encodeURIComponent(form.toWellFormed()));
  }
}

/** By name, in the Pod's namespace. */
export function secretsOf(pod: KubeObject): readonly string[] {
  const spec = fieldsOf(pod['spec']);
  const names = new Set<string>();
  const containers = [spec.containers, spec.initContainers, spec.ephemeralContainers].flatMap(listOf);
  for (const container of containers) {
    for (const { valueFrom } of listOf(container.env))
      names.add(textOf(fieldsOf(fieldsOf(valueFrom).secretKeyRef).name));
    for (const { secretRef } of listOf(container.envFrom)) names.add(textOf(fieldsOf(secretRef).name));
  }
  for (const volume of listOf(spec.volumes)) {
    names.add(textOf(fieldsOf(volume.secret).secretName));
    for (const { secret } of listOf(fieldsOf(volume.projected).sources))
      names.add(textOf(fieldsOf(secret).name));
  }
  names.delete('');
  return [...names];
}
