/** When a hook runs: before, among and after the waves, or once a hook of its bundle failed. */
export type HookPhase = 'PreSync' | 'Sync' | 'PostSync' | 'SyncFail';

export type HookDeletePolicy = 'BeforeHookCreation' | 'HookSucceeded' | 'HookFailed';

export interface Hook {
  /** In the order in which they come. */
  readonly phases: readonly HookPhase[];
  readonly deletePolicies: readonly HookDeletePolicy[];
  /** Seconds that a run may take; absent: the bundle's health timeout. */
  readonly deadlineS?: number;
}

/** What an object's annotations say of its turn. Absent fields are the default. */
export interface Placement {
  /** Lower first; absent: none was named, which is wave 0 but for Namespaces and CRDs. */
  readonly wave?: number;
  readonly hook?: Hook;
  /** Nobody waits for its health. */
  readonly ignoreHealth?: true;
}

export type ReadPlacement =
  | {
      readonly applies: true;
      /** Absent where the object is like most: of no wave, no hook. */
      readonly placement?: Placement;
      readonly warnings: readonly string[];
    }
  /** The object is not for the cluster: a test of Helm's, or what Argo CD is told to skip. */
  | { readonly applies: false; readonly warnings: readonly string[] };

type Annotations = Readonly<Record<string, string>>;

export const orderAnnotations = {
  wave: 'muster.dev/wave',
  hook: 'muster.dev/hook',
  hookDeletePolicy: 'muster.dev/hook-delete-policy',
  hookDeadline: 'muster.dev/hook-deadline',
  ignoreHealth: 'muster.dev/ignore-health',
  argoWave: 'argocd.argoproj.io/sync-wave',
  argoHook: 'argocd.argoproj.io/hook',
  argoHookDeletePolicy: 'argocd.argoproj.io/hook-delete-policy',
  helmHook: 'helm.sh/hook',
  helmHookWeight: 'helm.sh/hook-weight',
  helmHookDeletePolicy: 'helm.sh/hook-delete-policy',
} as const;

const phaseOrder: readonly HookPhase[] = ['PreSync', 'Sync', 'PostSync', 'SyncFail'];
const deletePolicies: readonly HookDeletePolicy[] = ['BeforeHookCreation', 'HookSucceeded', 'HookFailed'];
const helmPhases: Readonly<Record<string, HookPhase>> = {
  'pre-install': 'PreSync',
  'pre-upgrade': 'PreSync',
  'post-install': 'PostSync',
  'post-upgrade': 'PostSync',
};
const helmDeletePolicies: Readonly<Record<string, HookDeletePolicy>> = {
  'before-hook-creation': 'BeforeHookCreation',
  'hook-succeeded': 'HookSucceeded',
  'hook-failed': 'HookFailed',
};
const helmTests: ReadonlySet<string> = new Set(['test', 'test-success', 'test-failure']);

/** One kind of annotations says it: what it says, and where. */
interface Said<T> {
  readonly by: string;
  readonly value: T;
}

/**
 * Reads Muster's, Argo CD's and Helm's annotations of an object. Where several say the same thing in different ways,
 * Muster's own wins, then Argo CD's, with a warning; so does what cannot be read.
 *
 * Sources: https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/, …/user-guide/helm/ (how Helm's hooks map),
 * https://helm.sh/docs/topics/charts_hooks/.
 */
export function readPlacement(annotations: Annotations): ReadPlacement {
  // Nearly every object: nothing is to be read.
  if (!Object.keys(annotations).some(isOrderAnnotation)) return { applies: true, warnings: [] };
  const warnings: string[] = [];
  const muster = musterHooks(annotations, warnings);
  const argo = argoHooks(annotations, warnings);
  const helm = helmHooks(annotations, warnings);
  const phases = firstOf([muster, argo, helm], warnings);
  if (phases === 'none') return { applies: false, warnings };
  const policies = firstOf(
    [
      listed(annotations, orderAnnotations.hookDeletePolicy, musterPolicy, warnings),
      listed(annotations, orderAnnotations.argoHookDeletePolicy, musterPolicy, warnings),
      listed(
        annotations,
        orderAnnotations.helmHookDeletePolicy,
        (word) => helmDeletePolicies[word],
        warnings,
      ),
    ],
    warnings,
  );
  const wave = firstOf(
    [
      integer(annotations, orderAnnotations.wave, warnings),
      integer(annotations, orderAnnotations.argoWave, warnings),
      phases ? integer(annotations, orderAnnotations.helmHookWeight, warnings) : undefined,
    ],
    warnings,
  );
  const deadlineS = duration(annotations, orderAnnotations.hookDeadline, warnings);
  const hook: Hook | undefined = phases && {
    phases,
    deletePolicies: policies ?? ['BeforeHookCreation'],
    ...(deadlineS === undefined ? {} : { deadlineS }),
  };
  const placement: Placement = {
    ...(wave === undefined ? {} : { wave }),
    ...(hook ? { hook } : {}),
    ...(annotations[orderAnnotations.ignoreHealth] === 'true' ? { ignoreHealth: true } : {}),
  };
  return { applies: true, ...(Object.keys(placement).length > 0 ? { placement } : {}), warnings };
}

const known: ReadonlySet<string> = new Set(Object.values(orderAnnotations));

function isOrderAnnotation(name: string): boolean {
  return known.has(name);
}

type Phases = readonly HookPhase[] | 'none';

function musterHooks(annotations: Annotations, warnings: string[]): Said<Phases> | undefined {
  return inOrder(listed(annotations, orderAnnotations.hook, asPhase, warnings));
}

function argoHooks(annotations: Annotations, warnings: string[]): Said<Phases> | undefined {
  const by = orderAnnotations.argoHook;
  const words = wordsOf(annotations[by]);
  if (words.length === 0) return undefined;
  if (words.includes('Skip')) return { by, value: 'none' };
  const gone = words.filter((word) => ['PreDelete', 'PostDelete'].includes(word));
  for (const word of gone) warnings.push(`${by}: ${word} does not act yet`);
  if (gone.length === words.length) return { by, value: 'none' };
  const rest = words.filter((word) => !gone.includes(word)).join(',');
  return inOrder(listed({ [by]: rest }, by, asPhase, warnings));
}

function helmHooks(annotations: Annotations, warnings: string[]): Said<Phases> | undefined {
  const by = orderAnnotations.helmHook;
  const words = wordsOf(annotations[by]);
  // An ordinary CRD, which comes first anyway.
  if (words.length === 0 || words.includes('crd-install')) return undefined;
  const phases: HookPhase[] = [];
  for (const word of words) {
    const phase = helmPhases[word];
    if (phase) phases.push(phase);
    else if (!helmTests.has(word)) warnings.push(`${by}: ${word} does not act yet`);
  }
  return phases.length === 0 ? { by, value: 'none' } : inOrder({ by, value: phases });
}

function inOrder(said: Said<readonly HookPhase[]> | undefined): Said<Phases> | undefined {
  return said && { by: said.by, value: phaseOrder.filter((phase) => said.value.includes(phase)) };
}

function asPhase(word: string): HookPhase | undefined {
  return phaseOrder.find((phase) => phase === word);
}

function musterPolicy(word: string): HookDeletePolicy | undefined {
  return deletePolicies.find((policy) => policy === word);
}

function wordsOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);
}

function listed<T>(
  annotations: Annotations,
  by: string,
  read: (word: string) => T | undefined,
  warnings: string[],
): Said<readonly T[]> | undefined {
  const value: T[] = [];
  for (const word of wordsOf(annotations[by])) {
    const one = read(word);
    if (one === undefined) warnings.push(`${by}: nobody knows ${JSON.stringify(word)}`);
    else value.push(one);
  }
  return value.length === 0 ? undefined : { by, value };
}

function integer(annotations: Annotations, by: string, warnings: string[]): Said<number> | undefined {
  const text = annotations[by]?.trim();
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^[+-]?\d{1,9}$/.test(text)) return { by, value: value === 0 ? 0 : value };
  warnings.push(`${by}: ${JSON.stringify(text)} is not an integer, and does not act`);
  return undefined;
}

const unitS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** As Go writes them: `90s`, `1h30m`. */
function duration(annotations: Annotations, by: string, warnings: string[]): number | undefined {
  const text = annotations[by]?.trim();
  if (text === undefined) return undefined;
  const parts = [...text.matchAll(/(\d{1,6})([smh])/g)];
  const seconds = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitS[unit!] ?? 0), 0);
  if (parts.map(([part]) => part).join('') === text && seconds > 0) return seconds;
  warnings.push(`${by}: ${JSON.stringify(text)} is not a duration such as 10m, and does not act`);
  return undefined;
}

/** What the first of them says; the others that say otherwise are warned of. */
function firstOf<T>(saids: readonly (Said<T> | undefined)[], warnings: string[]): T | undefined {
  const [first, ...others] = saids.filter((said) => said !== undefined);
  if (!first) return undefined;
  for (const other of others)
    if (JSON.stringify(other.value) !== JSON.stringify(first.value))
      warnings.push(`${first.by} and ${other.by} disagree: ${first.by} holds`);
  return first.value;
}
