import { healthNeedsStatus } from '@muster/health';
import type { HealthRules } from '@muster/health';
import type { KubeClient, Resource } from '@muster/kube';
import type { Kinds } from '../core/kinds.ts';
import type { ClusterView } from './view.ts';

/** Of which bundle a tree is gathered, and by what. */
export interface TreeOptions {
  readonly kube: KubeClient;
  readonly kinds: Kinds;
  readonly view: ClusterView;
  readonly bundle: string;
  readonly rules: HealthRules | undefined;
  readonly signal: AbortSignal;
}

/** Secrets are never read whole: nothing of them but their metadata is told. */
export function needsWhole({ group, kind }: Resource, rules: HealthRules | undefined): boolean {
  if (group === '' && kind === 'Secret') return false;
  return healthNeedsStatus(group, kind, rules);
}
