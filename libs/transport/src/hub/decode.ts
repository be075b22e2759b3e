import { BinaryReader } from '@bufbuild/protobuf/wire';
import { ConnectRequest } from '@muster/contracts';
import { ProtocolError } from '../shared/errors.ts';
import { MAX_API_RESOURCES, MAX_FEATURES } from '../shared/limits.ts';

const LENGTH_DELIMITED = 2;
const MAX_ASSIGNMENTS = 5_000;
const MAX_OBJECTS = 100;
const MAX_WARNINGS = 20;

/** How often a repeated field may occur, and what is below it: by field number. */
interface Bounds {
  readonly [field: number]: { readonly what: string; readonly max: number; readonly inside?: Bounds };
}

const FACTS: Bounds = { 2: { what: 'API resources', max: MAX_API_RESOURCES } };
const STATUS: Bounds = {
  8: { what: 'objects of an assignment', max: MAX_OBJECTS },
  11: { what: 'warnings of an assignment', max: MAX_WARNINGS },
};
const HELLO: Bounds = {
  2: { what: 'features', max: MAX_FEATURES },
  4: { what: 'facts', max: 1, inside: FACTS },
};
const REPORT: Bounds = { 2: { what: 'assignments', max: MAX_ASSIGNMENTS, inside: STATUS } };
const CONNECT_REQUEST: Bounds = {
  1: { what: 'hellos', max: 1, inside: HELLO },
  3: { what: 'reports', max: 1, inside: REPORT },
  4: { what: 'facts', max: 1, inside: FACTS },
};

/**
 * Decodes what an agent sent. Counts before it decodes: an empty element takes two bytes on the wire and hundreds in
 * memory, so that a message within its 1 MiB could cost a hundred. @throws ProtocolError
 */
export function decodeRequest(bytes: Buffer): ConnectRequest {
  try {
    count(new BinaryReader(bytes), bytes.length, CONNECT_REQUEST);
    return ConnectRequest.decode(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    throw new ProtocolError('a message is not readable', { cause: error });
  }
}

/** Walks one message, up to `end`, and into the fields that are bounded. */
function count(reader: BinaryReader, end: number, bounds: Bounds): void {
  const seen: Record<number, number> = {};
  while (reader.pos < end) {
    const [field, wireType] = reader.tag();
    const bound = bounds[field];
    if (bound === undefined || (wireType as number) !== LENGTH_DELIMITED) {
      reader.skip(wireType, field);
      continue;
    }
    const occurrences = (seen[field] ?? 0) + 1;
    seen[field] = occurrences;
    if (occurrences > bound.max) {
      throw new ProtocolError(`more than ${bound.max} ${bound.what} in a message`);
    }
    const next = reader.uint32() + reader.pos;
    if (next > end) throw new ProtocolError('a message is cut short');
    if (bound.inside !== undefined) count(reader, next, bound.inside);
    reader.pos = next;
  }
}
