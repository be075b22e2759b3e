/**
 * True for the files that are the fleet model: `muster.yaml` and `*.muster.yaml`, in any folder. All other files of
 * the repo are only bytes that sources point at; and these are never manifests.
 */
export function isFleetFile(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name === 'muster.yaml' || (name.endsWith('.muster.yaml') && name !== '.muster.yaml');
}
