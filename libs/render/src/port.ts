/** A file as a source sees it: its path relative to the source's root, with `/`, and its bytes. */
export interface SourceFile {
  readonly path: string;
  readonly data: Uint8Array;
}

/** Where in a source something is wrong. Lines count from 1. */
export interface RenderProblem {
  readonly path: string;
  readonly document?: number;
  readonly line?: number;
  readonly message: string;
}

export interface RenderedObject {
  /** Canonical bytes: UTF-8 JSON, keys by code point, no HTML escaping. */
  readonly bytes: Uint8Array;
  readonly apiVersion: string;
  readonly kind: string;
  /** '' when the object names none. */
  readonly namespace: string;
  readonly name: string;
  /** Where it stands in the source. */
  readonly path: string;
  readonly document: number;
  /** Annotations whose behaviour matters to the hub and to warnings; the `muster.dev/`, `argocd.argoproj.io/` and `helm.sh/` ones. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Container images, for `get objects` and search. */
  readonly images: readonly string[];
}

export type RenderOutcome =
  | { readonly kind: 'rendered'; readonly objects: readonly RenderedObject[] }
  | { readonly kind: 'refused'; readonly problems: readonly RenderProblem[] };

export interface RenderRequest {
  readonly kind: 'manifests';
  /** In order of path, as bytes. */
  readonly files: readonly SourceFile[];
}

/** Rejects only for a fault of the worker itself (it is replaced); whatever is wrong with the input is an outcome. */
export interface Renderer {
  /** Changes when the same input may give other bytes; part of every cache key. */
  readonly engineVersion: string;
  render(request: RenderRequest, options?: { readonly signal?: AbortSignal }): Promise<RenderOutcome>;
  close(): Promise<void>;
}
