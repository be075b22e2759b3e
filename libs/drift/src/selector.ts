import type { ObjectSelector } from '@muster/manifest';
import { matches, parseLabelSelector } from '@muster/targeting';
import type { Labels } from '@muster/targeting';
import { RE2JS } from 're2js';

/** What selectors select by. */
export interface ObjectIdentity {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

export interface CompiledSelector {
  /** Labels aside. */
  readonly fits: (identity: ObjectIdentity) => boolean;
  readonly fitsLabels: (labels: Labels) => boolean;
}

const parts = ['group', 'version', 'kind', 'name', 'namespace'] as const;

/**
 * Kustomize's object selector: every part that is given must fit, as a pattern over the whole value. RE2's patterns
 * take time in proportion to the text, whatever they say. `undefined`: a part can't be read, so that nothing can be
 * said to be selected.
 */
export function compileSelector(selector: ObjectSelector): CompiledSelector | undefined {
  const patterns: (readonly [(typeof parts)[number], RE2JS])[] = [];
  for (const part of parts) {
    const text = selector[part];
    if (text === undefined || text === '') continue;
    try {
      patterns.push([part, RE2JS.compile(text)]);
    } catch {
      return undefined;
    }
  }
  const parsed = parseLabelSelector(selector.labelSelector ?? '');
  if (parsed.kind === 'refused') return undefined;
  return {
    fits: (identity) => patterns.every(([part, pattern]) => pattern.matches(identity[part])),
    fitsLabels: (labels) => matches(parsed.selector, labels),
  };
}
