import type { RepoProblem } from '@muster/api';
import type { Bundle } from '@muster/fleet-model';
import type { GitSource } from '@muster/git-source';
import { type Renderer, RenderWorkerError } from '@muster/render';
import type { BundleRow, ContentRepository, ManifestRow, ObjectRow } from '@muster/store';
import pLimit from 'p-limit';
import { manifestOf, type SecretSealer } from './manifest-of.ts';
import { bundleProblem, renderProblem } from './problems.ts';
import { locateSource, readSource } from './source-reader.ts';

export interface BundleResult {
  readonly bundle: Bundle;
  readonly inputKey: string;
  /** Absent: it does not render, for these reasons. */
  readonly manifestDigest: string | undefined;
  readonly objectCount: number;
  readonly problems: readonly RepoProblem[];
  /** What is new, and to be stored. */
  readonly rendered: { readonly manifest: ManifestRow; readonly objects: readonly ObjectRow[] } | undefined;
}

export interface BundleResolverOptions {
  readonly git: GitSource;
  readonly folder: string;
  readonly rootTree: string;
  readonly renderer: Renderer;
  readonly contents: ContentRepository;
  readonly sealer: SecretSealer;
}

/** Sources that are read and rendered at a time: enough to keep the worker busy, few enough to hold in memory. */
const concurrency = 4;

/** The input key of a failure that may pass. No input has it, so what stands under it is tried anew. */
export const unsettled = '';

/** Renders bundles, and only those whose input isn't what it was. */
export class BundleResolver {
  readonly #options: BundleResolverOptions;

  constructor(options: BundleResolverOptions) {
    this.#options = options;
  }

  /** In the order of the bundles. */
  async resolveAll(
    bundles: readonly Bundle[],
    former: ReadonlyMap<string, BundleRow>,
  ): Promise<BundleResult[]> {
    const { git, rootTree, folder, renderer, contents } = this.#options;
    const located = await Promise.all(
      bundles.map(async (bundle) => ({
        bundle,
        source: await locateSource(git, rootTree, folder, bundle, renderer.engineVersion),
      })),
    );
    const fresh = located.filter(
      ({ bundle, source }) => former.get(bundle.name)?.inputKey !== source.inputKey,
    );
    const cached = await contents.renderings(fresh.map(({ source }) => source.inputKey));
    const limit = pLimit(concurrency);
    return Promise.all(
      located.map(async ({ bundle, source }) => {
        const { inputKey } = source;
        if (source.kind === 'refused') return failed(bundle, inputKey, source.problems);
        const known = unchanged(bundle, inputKey, former.get(bundle.name));
        if (known !== undefined) return known;
        const hit = cached.get(inputKey);
        if (hit !== undefined) return good(bundle, inputKey, hit.manifestDigest, hit.objectCount);
        return limit(() => this.#renderOrFail(bundle, source.treeId, inputKey));
      }),
    );
  }

  /** A source that kills the worker fails its own bundle; a worker that can't run at all says nothing of any. */
  async #renderOrFail(bundle: Bundle, treeId: string, inputKey: string): Promise<BundleResult> {
    try {
      return await this.#render(bundle, treeId, inputKey);
    } catch (error) {
      if (!(error instanceof RenderWorkerError && error.ofSource)) throw error;
      const problem = bundleProblem(
        this.#options.folder,
        bundle,
        'spec.source.manifests.path',
        error.message,
      );
      return failed(bundle, unsettled, [problem]);
    }
  }

  async #render(bundle: Bundle, treeId: string, inputKey: string): Promise<BundleResult> {
    const { git, folder, renderer, sealer } = this.#options;
    const source = await readSource(git, treeId, folder, bundle);
    if (source.kind === 'refused') return failed(bundle, inputKey, source.problems);
    const outcome = await renderer.render({ kind: bundle.source.kind, files: source.files });
    const made = outcome.kind === 'refused' ? outcome : manifestOf(outcome.objects, sealer);
    if (made.kind === 'refused') {
      return failed(
        bundle,
        inputKey,
        made.problems.map((problem) => renderProblem(folder, bundle, problem)),
      );
    }
    return { ...good(bundle, inputKey, made.manifest.digest, made.manifest.objects.length), rendered: made };
  }
}

/** What became of the same input before: good stays good, and what failed is not tried again. */
function unchanged(
  bundle: Bundle,
  inputKey: string,
  before: BundleRow | undefined,
): BundleResult | undefined {
  if (before?.inputKey !== inputKey) return undefined;
  if (before.problems.length === 0) {
    return before.manifestDigest === undefined
      ? undefined
      : good(bundle, inputKey, before.manifestDigest, before.objectCount);
  }
  // Its problems name files by where they were.
  const isInPlace = (before.spec as Bundle).source.path === bundle.source.path;
  return isInPlace ? failed(bundle, inputKey, before.problems as RepoProblem[]) : undefined;
}

function good(bundle: Bundle, inputKey: string, manifestDigest: string, objectCount: number): BundleResult {
  return { bundle, inputKey, manifestDigest, objectCount, problems: [], rendered: undefined };
}

function failed(bundle: Bundle, inputKey: string, problems: readonly RepoProblem[]): BundleResult {
  return { bundle, inputKey, manifestDigest: undefined, objectCount: 0, problems, rendered: undefined };
}
