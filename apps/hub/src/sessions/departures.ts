import { Inject, Injectable } from '@nestjs/common';
import { ChangeRepository, ClusterRepository, type Store } from '@muster/store';
import { Coalescer } from '../lifecycle/lane.ts';
import { LOGGER, type Logger, STORE } from '../tokens.ts';

/**
 * Removes the clusters that are to leave the fleet with their workloads, once their agents have said that nothing
 * remains. All that it goes by is stored: whichever replica looks, and whenever, comes to the same.
 */
@Injectable()
export class Departures {
  readonly #store: Store;
  readonly #logger: Logger;
  readonly #coalescer = new Coalescer(() => this.#look());
  #listener: (clusterId: string) => void = () => undefined;

  constructor(@Inject(STORE) store: Store, @Inject(LOGGER) logger: Logger) {
    this.#store = store;
    this.#logger = logger;
  }

  /** Hears which clusters (ids) have left. */
  onLeft(listener: (clusterId: string) => void): void {
    this.#listener = listener;
  }

  /** Resolves when every cluster that was ready to leave at the call has left. */
  look(): Promise<void> {
    return this.#coalescer.run();
  }

  async #look(): Promise<void> {
    for (const { name, by } of await new ClusterRepository(this.#store.sql).emptied()) {
      const id = await this.#store.sql.transaction(async (sql) => {
        const removed = await new ClusterRepository(sql).remove(name);
        if (removed !== undefined) {
          const message = `cluster ${name} was removed; its workloads are deleted`;
          await new ChangeRepository(sql).addEvents([{ by, kind: 'ClusterRemoved', cluster: name, message }]);
        }
        return removed;
      });
      if (id === undefined) continue;
      this.#logger.info({ cluster: name }, 'a cluster has left, and nothing of it remains');
      this.#listener(id);
    }
  }
}
