/** `count` ConfigMaps of about `size` bytes each, as canonical bytes without a namespace. */
export function configMaps(count: number, size: number, salt: string): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `${salt}-${String(index).padStart(5, '0')}`;
    const empty = JSON.stringify({
      apiVersion: 'v1',
      data: { value: '' },
      kind: 'ConfigMap',
      metadata: { name },
    });
    const value = `${salt}-${index}-`.padEnd(
      Math.max(0, size - empty.length),
      'abcdefghijklmnopqrstuvwxyz0123456789',
    );
    return Buffer.from(
      JSON.stringify({ apiVersion: 'v1', data: { value }, kind: 'ConfigMap', metadata: { name } }),
    );
  });
}

export function nameOf(object: Uint8Array): string {
  return (JSON.parse(Buffer.from(object).toString()) as { metadata: { name: string } }).metadata.name;
}
