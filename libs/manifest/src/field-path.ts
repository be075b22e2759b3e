/** One step down an object: a map's key or a list's index, every child, or the items of a list whose `key` is `value`. */
export type FieldStep =
  | { readonly kind: 'child'; readonly name: string }
  | { readonly kind: 'every' }
  | { readonly kind: 'items'; readonly key: string; readonly value: string };

export type ParsedFieldPath =
  | { readonly ok: true; readonly steps: readonly FieldStep[] }
  /** The rest of a sentence that begins with the path. */
  | { readonly ok: false; readonly problem: string };

/**
 * Reads a field path: a JSON pointer (RFC 6901, with `~1` for `/` and `~0` for `~`) of which a step may also be `*`,
 * every child, or `[name=x]`, the items of a list that have this field with this value:
 * `/spec/template/spec/containers/[name=app]/image`.
 */
export function parseFieldPath(text: string): ParsedFieldPath {
  if (!text.startsWith('/')) return refused('does not begin with "/": /spec/replicas, for example');
  const steps: FieldStep[] = [];
  for (const raw of text.slice(1).split('/')) {
    if (raw === '') return refused('has an empty step');
    if (/~(?![01])/.test(raw)) return refused('has a "~" that is neither "~0" (for "~") nor "~1" (for "/")');
    const item = /^\[([^=\]]+)=(.*)\]$/s.exec(raw);
    if (item) {
      steps.push({ kind: 'items', key: unescaped(item[1]!), value: unescaped(item[2]!) });
    } else if (raw === '*') {
      steps.push({ kind: 'every' });
    } else if (/\[[^\]]*\]$/.test(raw)) {
      return refused(
        `has "${raw}". A list's items are a step of their own: /containers/[name=app]; an index too: /containers/0`,
      );
    } else {
      steps.push({ kind: 'child', name: unescaped(raw) });
    }
  }
  return { ok: true, steps };
}

function refused(problem: string): ParsedFieldPath {
  return { ok: false, problem };
}

function unescaped(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
