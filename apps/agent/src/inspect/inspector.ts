import type { KubeClient, KubeObject } from '@muster/kube';
import { KubeApiError, KubeNetworkError } from '@muster/kube';
import { compileBundleRules } from '../core/bundle-health.ts';
import { Actors } from '../core/actors.ts';
import type { WantedBundle } from '../core/bundles.ts';
import type { Kinds } from '../core/kinds.ts';
import type { BlobStore } from '../state/blob-store.ts';
import { differencesOf } from './differences.ts';
import { eventsOf } from './events.ts';
import { logsOf } from './logs.ts';
import { maskedObject, maskedPod } from './mask.ts';
import { InspectionRefused } from './model.ts';
import type { Finding, Inspection, ObjectQuery } from './model.ts';
import { asksForAll, fits, printQuery, theOne } from './query.ts';
import { redactorFor } from './redactor.ts';
import { gatherTree } from './tree.ts';
import type { Branch, Tree } from './tree.ts';
import { Turns } from './turns.ts';
import type { ClusterView } from './view.ts';

export interface InspectorOptions {
  readonly kube: KubeClient;
  readonly kinds: Kinds;
  readonly blobs: Pick<BlobStore, 'read'>;
  /** What is known now; `undefined` before there is anything. */
  readonly view: () => ClusterView | undefined;
}

/** An object as a person reads it; more than that no terminal shows. */
const maxObjectBytes = 4 * 1024 * 1024;
/** Trees and events are held while they are gathered, and agents are small; dry runs share the API server with applies. */
const atOnce = 2;
/** Nodes in one part of an answer: what comes first is shown first. */
const atATime = 100;

/**
 * Answers what people ask of the cluster: only about objects that the inventory has of the bundle and what those own,
 * whoever asks, and without what Secrets hold. Nothing is written, but what dry runs are.
 */
export class Inspector {
  readonly #o: InspectorOptions;
  readonly #actors: Actors;
  readonly #turns = new Turns(atOnce);
  readonly #dryRuns = new Turns(atOnce);

  constructor(options: InspectorOptions) {
    this.#o = options;
    this.#actors = new Actors(options.kube);
  }

  /** Throws `InspectionRefused` for what can't be answered. */
  async *inspect(question: Inspection, signal: AbortSignal): AsyncGenerator<readonly Finding[], void> {
    try {
      yield* this.#answer(question, signal);
    } catch (error) {
      if (signal.aborted || error instanceof InspectionRefused) throw error;
      throw refused(error);
    }
  }

  async *#answer(question: Inspection, signal: AbortSignal): AsyncGenerator<readonly Finding[], void> {
    if (question.about === 'differences') {
      yield* this.#differences(question, signal);
      return;
    }
    if (question.about === 'logs') {
      // They may be followed for days: of the tree nothing but these is kept.
      const pods = await this.#pods(question, signal);
      yield* logsOf(pods, question, this.#o.kube, signal);
      return;
    }
    const tree = await this.#tree(question.bundle, signal);
    switch (question.about) {
      case 'tree':
        yield* inPortions(tree.branches.map(({ node }): Finding => ({ kind: 'node', node })));
        break;
      case 'object':
        yield [await this.#object(question, tree, signal)];
        return;
      case 'events':
        yield* this.#events(question, tree, signal);
        break;
    }
    yield tree.notices.map((text): Finding => ({ kind: 'notice', text }));
  }

  #view(): ClusterView {
    const view = this.#o.view();
    if (!view) throw new InspectionRefused('unavailable', 'the agent has not looked at its cluster yet');
    return view;
  }

  async *#differences(
    { bundle, object }: { readonly bundle: string; readonly object: ObjectQuery },
    signal: AbortSignal,
  ): AsyncGenerator<readonly Finding[], void> {
    const { kube, blobs } = this.#o;
    const kubeFor = ({ policy }: WantedBundle): KubeClient => this.#actors.clientFor(policy);
    const options = { view: this.#view(), kube, kubeFor, blobs, turns: this.#dryRuns, signal };
    const found = differencesOf(bundle, object, options);
    for await (const some of found) yield some.map((difference) => ({ kind: 'difference', difference }));
  }

  #tree(bundle: string, signal: AbortSignal): Promise<Tree> {
    const { kube, kinds } = this.#o;
    const view = this.#view();
    const health = view.target.bundles.find((it) => it.bundle === bundle)?.policy.health;
    const rules = health && compileBundleRules(health);
    return this.#turns.run(() => gatherTree({ kube, kinds, view, bundle, rules, signal }));
  }

  async #pods(
    { bundle, object }: { readonly bundle: string; readonly object: ObjectQuery },
    signal: AbortSignal,
  ): Promise<readonly KubeObject[]> {
    return podsOf(object, await this.#tree(bundle, signal), bundle);
  }

  async #object(
    { bundle, object }: { readonly bundle: string; readonly object: ObjectQuery },
    tree: Tree,
    signal: AbortSignal,
  ): Promise<Finding> {
    const node = theOne(
      object,
      tree.branches.map((branch) => branch.node),
      bundle,
    );
    const { resource } = tree.branches.find((branch) => branch.node === node)!;
    if (!resource || !node.uid) return { kind: 'object', node, json: '' };
    const { namespace, name } = node.object;
    const key = { ...(namespace ? { namespace } : {}), name };
    const { kube } = this.#o;
    const live = await kube.get(resource, key, { signal });
    // Another that took its name meanwhile may be anybody's.
    if (live.metadata.uid !== node.uid)
      throw new InspectionRefused('not-found', `${printQuery(object)} was replaced while it was looked at`);
    const isPod = resource.group === '' && resource.kind === 'Pod';
    const shown = isPod ? maskedPod(live, await redactorFor(kube, live, signal)) : live;
    const json = JSON.stringify(maskedObject(shown));
    if (json.length > maxObjectBytes)
      throw new InspectionRefused('unavailable', `${printQuery(object)} is too large to be shown`);
    return { kind: 'object', node, json };
  }

  async *#events(
    { bundle, object }: { readonly bundle: string; readonly object: ObjectQuery },
    tree: Tree,
    signal: AbortSignal,
  ): AsyncGenerator<readonly Finding[], void> {
    const notices: Finding[] = [];
    const onNotice = (text: string): void => void notices.push({ kind: 'notice', text });
    const about = chosen(object, tree, bundle);
    const events = await this.#turns.run(() => eventsOf(about, this.#o.kube, onNotice, signal));
    yield* inPortions(events.map((event): Finding => ({ kind: 'event', event })));
    yield notices;
  }
}

/** What fits, with all that it owns. */
function chosen(query: ObjectQuery, { branches }: Tree, bundle: string): readonly Branch[] {
  if (asksForAll(query)) return branches;
  const uids = new Set<string>();
  const found = branches.filter(({ node }) => {
    if (!fits(query, node.object) && !uids.has(node.parentUid)) return false;
    if (node.uid) uids.add(node.uid);
    return true;
  });
  if (found.length === 0)
    throw new InspectionRefused('not-found', `bundle ${bundle} has no ${printQuery(query)} here`);
  return found;
}

function podsOf(query: ObjectQuery, tree: Tree, bundle: string): readonly KubeObject[] {
  const pods = chosen(query, tree, bundle).flatMap(({ node: { object }, live }) =>
    object.group === '' && object.kind === 'Pod' && live ? [live] : [],
  );
  if (pods.length > 0) return pods;
  const what = asksForAll(query) ? `bundle ${bundle}` : printQuery(query);
  throw new InspectionRefused('not-found', `there are no Pods of ${what} here`);
}

function* inPortions(findings: readonly Finding[]): Generator<readonly Finding[], void> {
  for (let at = 0; at < findings.length; at += atATime) yield findings.slice(at, at + atATime);
}

function refused(error: unknown): unknown {
  if (error instanceof KubeApiError) {
    const because = error.status === 403 ? 'forbidden' : error.status === 404 ? 'not-found' : 'unavailable';
    return new InspectionRefused(because, `the API server answered: ${error.message}`, { cause: error });
  }
  if (error instanceof KubeNetworkError)
    return new InspectionRefused('unavailable', 'the API server does not answer the agent', { cause: error });
  return error;
}
