import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the frames of version 1 are kept. */
export const goldenFolder = join(import.meta.dirname, '../../golden/protocol/v1');

/** A recorded message: protobuf, as it stands in a gRPC frame. */
export async function readGolden(name: string): Promise<Buffer> {
  return readFile(join(goldenFolder, `${name}.bin`));
}
