/** What a delivery says was pushed: for a log line, and to ignore pushes to other branches. `unknown` means: look. */
export type Push =
  | { readonly kind: 'push'; readonly ref: string; readonly repos: readonly string[] }
  | { readonly kind: 'unknown' };

/** Reads the payload of GitHub, GitLab and Gitea, which agree on `ref` and differ in where a repo's URLs stand. */
export function pushOf(body: Uint8Array): Push {
  let payload: unknown;
  try {
    payload = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return { kind: 'unknown' };
  }
  const ref = field(payload, 'ref');
  if (typeof ref !== 'string' || !ref.startsWith('refs/')) return { kind: 'unknown' };
  const repos = ['repository', 'project'].flatMap((holder) =>
    ['clone_url', 'git_http_url', 'http_url', 'html_url', 'ssh_url', 'git_ssh_url'].map((name) =>
      field(field(payload, holder), name),
    ),
  );
  return { kind: 'push', ref, repos: [...new Set(repos.filter((url) => typeof url === 'string'))] };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
