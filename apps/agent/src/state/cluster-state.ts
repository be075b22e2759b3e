import type { InventoryEntry } from '@muster/apply-plan';
import { KubeApiError } from '@muster/kube';
import type { KubeClient } from '@muster/kube';
import type { Checkpoint } from '../checkpoint.ts';
import { agentNamespace, secrets } from '../resources.ts';
import { createSecret, findSecret } from './agent-secrets.ts';
import { BlobStore } from './blob-store.ts';
import { decodeInventory, encodeInventory, parseHead, UnreadableStateError } from './head.ts';
import type { Head } from './head.ts';
import { HeadSecret } from './head-secret.ts';
import { packName } from './pack.ts';
import type { Pack } from './pack.ts';

const packLabel = 'muster.dev/pack';
/** Beyond this the inventory stands in packs of its own. */
const maxInlineInventory = 400 * 1024;
const entriesPerPack = 5_000;

export { LostStateError } from './head-secret.ts';

export type HeadContent = Omit<Head, 'version' | 'packs' | 'inventoryPacks'>;

/**
 * The agent's memory, in its cluster: a head Secret, switched by compare-and-set, that points at immutable packs.
 * A crash at any moment leaves either the former state or the new one, and perhaps packs that nobody points at,
 * which the next start removes.
 */
export class ClusterState {
  readonly blobs = new BlobStore();
  readonly #kube: KubeClient;
  readonly #checkpoint: Checkpoint;
  readonly #head: HeadSecret;
  #content: HeadContent | undefined;
  #written = new Set<string>();
  readonly #packWrites = new Map<string, Promise<void>>();
  #writing: Promise<unknown> = Promise.resolve();
  /** Packs being removed: one with the name of such a pack is written after it. */
  #removing: Promise<unknown> = Promise.resolve();
  #hasSwitched = false;

  constructor(kube: KubeClient, checkpoint: Checkpoint, mayWrite: () => boolean) {
    this.#kube = kube;
    this.#head = new HeadSecret(kube, mayWrite);
    this.#checkpoint = checkpoint;
  }

  /** What the head says, as it was last read or written; undefined before the first write ever. */
  get content(): HeadContent | undefined {
    return this.#content;
  }

  /** Reads everything and returns the inventory. Rejects with `UnreadableStateError` rather than to guess. */
  async load(signal: AbortSignal): Promise<InventoryEntry[]> {
    const data = await this.#head.read(signal);
    if (!data) return [];
    const head = parseHead(decode(data.head).toString('utf8'));
    this.#content = head;
    const packs = await Promise.all(
      [...head.packs, ...head.inventoryPacks].map((name) => this.#loadPack(name, signal)),
    );
    this.#written = new Set(packs.map((pack) => pack.name));
    for (const pack of packs.slice(0, head.packs.length)) this.blobs.addPack(pack);
    if (data.inventory !== undefined) return decodeInventory(decode(data.inventory));
    return packs.slice(head.packs.length).flatMap((pack) => decodeInventory(pack.stored));
  }

  /**
   * Packs that nobody points at, left by a crash. Only after a switch of our own: until then a former holder that
   * was merely slow could still switch the head to packs that would be gone. What stays is found another time.
   */
  async #strayPacks(): Promise<string[]> {
    const list = { namespace: agentNamespace, labelSelector: packLabel, metadataOnly: true };
    const { items } = await this.#kube.list(secrets, list).catch(() => ({ items: [] }));
    return items.map((item) => item.metadata.name);
  }

  /** Makes content, blobs and inventory durable, as one switch. Calls are served in order. */
  commit(
    content: HeadContent,
    inventory: Iterable<InventoryEntry>,
    then: 'intents-written' | 'inventory-written',
  ): Promise<void> {
    const entries = [...inventory];
    const turn = this.#writing.then(() => this.#commit(content, entries, then));
    this.#writing = turn.catch(() => undefined);
    return turn;
  }

  /** Begins to write packs that the next commit will point at, while it is still being planned. */
  startPacks(): void {
    for (const pack of this.blobs.packs()) {
      // The commit waits for it, or tries it again.
      if (!this.#written.has(pack.name)) this.#ensurePack(pack).catch(() => undefined);
    }
  }

  #ensurePack(pack: Pack): Promise<void> {
    const begun = this.#packWrites.get(pack.name);
    if (begun) return begun;
    const writing = this.#removing
      .then(() => this.#writePack(pack))
      .catch((error: unknown) => {
        this.#packWrites.delete(pack.name);
        throw error;
      });
    this.#packWrites.set(pack.name, writing);
    return writing;
  }

  async #commit(
    content: HeadContent,
    entries: readonly InventoryEntry[],
    then: 'intents-written' | 'inventory-written',
  ): Promise<void> {
    const inline = await encodeInventory(entries);
    const inventoryPacks = inline.length <= maxInlineInventory ? [] : await packInventory(entries);
    const packs = this.blobs.packs();
    const fresh = [...packs, ...inventoryPacks].filter((pack) => !this.#written.has(pack.name));
    await Promise.all(fresh.map((pack) => this.#ensurePack(pack)));
    // They are there, whatever becomes of the switch: what it leaves behind is removed with the next.
    for (const pack of fresh) this.#written.add(pack.name);
    const begun = new Map(this.#packWrites);
    this.#packWrites.clear();
    if (fresh.length > 0) this.#checkpoint('packs-written');
    const head: Head = { ...content, version: 1, packs: names(packs), inventoryPacks: names(inventoryPacks) };
    const inventory = inventoryPacks.length === 0 ? inline : undefined;
    await this.#switchHead(head, inventory).catch(async (error: unknown) => {
      if (!isGone(error)) throw error;
      // Somebody deleted the head, and perhaps all that it points at: what is in memory is the truth.
      this.#head.forget();
      await Promise.all([...packs, ...inventoryPacks].map((pack) => this.#writePack(pack)));
      await this.#switchHead(head, inventory);
    });
    this.#content = content;
    this.#checkpoint(then);
    const kept = new Set([...head.packs, ...head.inventoryPacks]);
    const strays = this.#hasSwitched ? [] : await this.#strayPacks();
    this.#hasSwitched = true;
    const isOld = (name: string): boolean => !kept.has(name) && !this.#packWrites.has(name);
    const old = new Set([...this.#written, ...begun.keys(), ...strays].filter(isOld));
    this.#written = kept;
    this.#removing = Promise.all([...old].map((name) => this.#deletePack(name, begun.get(name))));
    await this.#removing;
  }

  #switchHead(head: Head, inventory: Buffer | undefined): Promise<void> {
    return this.#head.switchTo({
      head: Buffer.from(JSON.stringify(head)).toString('base64'),
      ...(inventory ? { inventory: inventory.toString('base64') } : {}),
    });
  }

  async #writePack(pack: Pack): Promise<void> {
    try {
      await createSecret(this.#kube, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: pack.name, namespace: agentNamespace, labels: { [packLabel]: 'true' } },
        type: 'muster.dev/agent-pack',
        immutable: true,
        data: { content: pack.stored.toString('base64') },
      });
    } catch (error) {
      // The name is the content's: whoever wrote it, it is what we would write.
      if (!(error instanceof KubeApiError) || error.status !== 409) throw error;
    }
  }

  async #loadPack(name: string, signal: AbortSignal): Promise<Pack> {
    const secret = await findSecret(this.#kube, name, signal);
    if (!secret) throw new UnreadableStateError(`the agent's state points at ${name}, which is not there`);
    const stored = decode((secret.data as Readonly<Record<string, string>>)['content']);
    if (packName(stored) !== name)
      throw new UnreadableStateError(`the content of ${name} is not what its name says`);
    return { name, stored };
  }

  /** A pack that stays is found at the next start: never a reason to fail. */
  async #deletePack(name: string, written: Promise<void> | undefined): Promise<void> {
    await written?.catch(() => undefined);
    await this.#kube.delete(secrets, { namespace: agentNamespace, name }).catch(() => undefined);
  }
}

function isGone(error: unknown): boolean {
  return error instanceof KubeApiError && error.status === 404;
}

async function packInventory(entries: readonly InventoryEntry[]): Promise<Pack[]> {
  const packs: Pack[] = [];
  for (let from = 0; from < entries.length; from += entriesPerPack) {
    const stored = await encodeInventory(entries.slice(from, from + entriesPerPack));
    packs.push({ name: packName(stored), stored });
  }
  return packs;
}

function names(packs: readonly Pack[]): string[] {
  return packs.map((pack) => pack.name);
}

function decode(base64: string | undefined): Buffer {
  return Buffer.from(base64 ?? '', 'base64');
}
