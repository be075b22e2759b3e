import { parseFieldPath } from '@muster/manifest';
import type { FieldStep } from '@muster/manifest';
import { RE2JS } from 're2js';
import { isDnsLabel } from './names.ts';
import { hasControl } from './plain-text.ts';

/*
 * What is wrong with texts that say which objects, fields and managers are meant. Each answers the rest of a sentence
 * that begins with the text, or nothing.
 */

export function patternProblem(text: string): string | undefined {
  if (hasControl(text)) return 'has a control character. Write it without.';
  try {
    RE2JS.compile(text);
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `is not a regular expression of RE2: ${why}.`;
  }
}

/** Fields by which an object is that object: they cannot differ, or are the API server's. */
const identity = new Set(['apiVersion', 'kind', 'metadata/name', 'metadata/namespace', 'metadata/uid']);

/** A whole subtree that Muster cannot do without. */
const tooMuch = new Set(['metadata', 'metadata/labels', 'metadata/annotations']);

export function pathProblem(text: string): string | undefined {
  if (hasControl(text)) return 'has a control character. Write it without.';
  const path = parseFieldPath(text);
  if (!path.ok) return `is not a field's path: it ${path.problem}.`;
  const names = path.steps.map(nameOf);
  if (names[0] === '*') return 'is every field of the object. Name those that are meant.';
  const field = names.slice(0, 2).join('/');
  if (identity.has(field) || identity.has(names[0]!))
    return 'says which object it is, and cannot be ignored.';
  const isWide = names.length <= 2 || (names.length === 3 && names[2] === '*');
  if (names[0] === 'metadata' && isWide && (tooMuch.has(field) || names[1] === '*'))
    return "holds Muster's own marks. Name the labels or annotations that are meant: /metadata/labels/team.";
  if (/^metadata\/(labels|annotations)\/muster\.dev\//.test(names.join('/')))
    return "is Muster's own mark, and cannot be ignored.";
  return undefined;
}

function nameOf(step: FieldStep): string {
  return step.kind === 'child' ? step.name : step.kind === 'every' ? '*' : '[]';
}

/** Kubernetes takes field managers of up to 128 printable characters. */
export function managerProblem(text: string): string | undefined {
  if (text === 'muster') return 'is Muster itself, and cannot be ignored.';
  if (text === '' || text.length > 128 || hasControl(text))
    return "is not a field manager's name: 1 to 128 characters.";
  return undefined;
}

export function groupProblem(text: string): string | undefined {
  const isGood = text === '' || (text.length <= 253 && text.split('.').every(isDnsLabel));
  return isGood ? undefined : 'is not an API group, such as "apps" or "cert-manager.io", without a version.';
}

export function kindProblem(text: string): string | undefined {
  return /^[A-Z][A-Za-z0-9]{0,62}$/.test(text) ? undefined : 'is not a kind, such as "Deployment".';
}
