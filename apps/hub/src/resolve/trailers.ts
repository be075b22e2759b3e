/**
 * The bundles that a commit's message consents to losing objects of: `Muster-Allow-Delete: checkout, cart` in its last
 * paragraph, as `git interpret-trailers` reads it; repeatable, names apart by commas or spaces.
 */
export function allowedDeletions(message: string): string[] {
  const lastParagraph =
    message
      .trimEnd()
      .split(/\n\s*\n/)
      .at(-1) ?? '';
  const names = lastParagraph
    .split('\n')
    .flatMap((line) => /^muster-allow-delete\s*:(.*)$/i.exec(line.trim())?.[1]?.split(/[\s,]+/) ?? [])
    .filter((name) => name !== '');
  return [...new Set(names)];
}
