import type { InventoryEntry } from '@muster/apply-plan';
import { contentOf, storable } from './pack.ts';

/** The one mutable piece of the agent's state: what it points at is immutable. Formats are versioned by `version`. */
export interface Head {
  readonly version: 1;
  /** The hub's uuid. */
  readonly fleet: string;
  /** Epoch and generation, in decimal: never applied lower. */
  readonly epoch: string;
  readonly generation: string;
  /** SHA-256 of the desired state's bytes, hex; the bytes are the blob `sha256:<this>`. */
  readonly desired: string | undefined;
  /** Assignments that go on as they were, because the newest asks for features that this agent lacks. */
  readonly kept: readonly KeptAssignment[];
  /** What bundles that left said, as long as something of them remains; heads of former agents have none. */
  readonly leaving?: readonly LeavingRecord[];
  /** Packs with blobs. */
  readonly packs: readonly string[];
  /** Packs with the inventory, where it is too big to stand beside the head. */
  readonly inventoryPacks: readonly string[];
}

export interface KeptAssignment {
  readonly bundle: string;
  readonly manifestDigest: string;
  /** base64 */
  readonly policy: string;
  readonly revision: string;
}

export interface LeavingRecord {
  readonly bundle: string;
  /** base64 */
  readonly policy: string;
}

/** A head that this agent cannot read: written by a newer one, or broken. Nothing may be done on top of it. */
export class UnreadableStateError extends Error {
  override readonly name = 'UnreadableStateError';
}

export function parseHead(text: string): Head {
  const head = JSON.parse(text) as Head;
  if (head.version !== 1) {
    throw new UnreadableStateError(
      `the agent's state has version ${String(head.version)}, which this agent does not know`,
    );
  }
  return head;
}

type Row = [
  string,
  string,
  string,
  0 | 1,
  string | null,
  string | null,
  string | null,
  string | null,
  0 | 1,
  /** Rows of former agents end before it. */
  Rare?,
];

/** What few entries have. */
type Rare = Pick<InventoryEntry, 'ignoring' | 'wave' | 'hook' | 'ended'>;

/** The inventory as bytes: one row an entry, compressed. */
export async function encodeInventory(entries: readonly InventoryEntry[]): Promise<Buffer> {
  const rows = entries.map((entry): Row => [
    entry.id,
    entry.bundle,
    entry.apiVersion,
    entry.state === 'owned' ? 1 : 0,
    entry.uid ?? null,
    entry.digest ?? null,
    entry.resourceVersion ?? null,
    entry.fieldsHash ?? null,
    entry.adopted ? 1 : 0,
    ...rareOf(entry),
  ]);
  return storable(Buffer.from(JSON.stringify(rows)));
}

function rareOf({ ignoring, wave, hook, ended }: InventoryEntry): [Rare?] {
  const rare: Rare = {
    ...(ignoring !== undefined && { ignoring }),
    ...(wave !== undefined && { wave }),
    ...(hook && { hook }),
    ...(ended && { ended }),
  };
  return Object.keys(rare).length === 0 ? [] : [rare];
}

export function decodeInventory(stored: Buffer): InventoryEntry[] {
  const rows = JSON.parse(contentOf(stored).toString('utf8')) as Row[];
  return rows.map(
    ([id, bundle, apiVersion, owned, uid, digest, resourceVersion, fieldsHash, adopted, rare]) => ({
      id,
      bundle,
      apiVersion,
      state: owned ? 'owned' : 'intended',
      ...(uid === null ? {} : { uid }),
      ...(digest === null ? {} : { digest }),
      ...(resourceVersion === null ? {} : { resourceVersion }),
      ...(fieldsHash === null ? {} : { fieldsHash }),
      adopted: adopted === 1,
      ...rare,
    }),
  );
}
