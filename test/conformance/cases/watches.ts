import { describe, expect, it } from 'vitest';
import { KubeApiError, type FollowEvent, type Resource, type WatchEvent } from '@muster/kube';
import { configMap, configMapsOf } from '../objects.ts';
import type { Target } from '../target.ts';

export function watchesChanges(target: () => Target): void {
  const configMaps = async (): Promise<Resource> =>
    (await target().client.resourceFor('', 'v1', 'ConfigMap'))!;

  describe('watching', () => {
    it('tells what happened after a resourceVersion, in order', async () => {
      const { api, client, namespace } = target();
      const own = await namespace();
      const path = configMapsOf(own);
      const from = (await api.send('POST', path, configMap(own, 'before'))).body.metadata.resourceVersion!;
      await api.send('POST', path, configMap(own, 'one', { a: '1' }));
      await api.patch(`${path}/one`, 'merge', { data: { a: '2' } });
      await api.send('DELETE', `${path}/one`);
      const events = await take(3, (signal) =>
        configMaps().then((resource) =>
          client.watch(resource, {
            namespace: own,
            fieldSelector: 'metadata.name=one',
            resourceVersion: from,
            signal,
          }),
        ),
      );
      expect(events.map((event) => event.type)).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
      expect(events.map((event) => ('object' in event ? event.object['data'] : undefined))).toEqual([
        { a: '1' },
        { a: '2' },
        { a: '2' },
      ]);
      const versions = events.map((event) =>
        Number('object' in event ? event.object.metadata.resourceVersion : 0),
      );
      expect(versions).toEqual(versions.toSorted((a, b) => a - b));
      expect(new Set(versions).size).toBe(3);
    });

    it('tells what is there first when no resourceVersion is given', async () => {
      const { api, client, namespace } = target();
      const own = await namespace();
      await api.send('POST', configMapsOf(own), configMap(own, 'one'));
      const resource = await configMaps();
      const events = await take(1, async (signal) =>
        client.watch(resource, {
          namespace: own,
          fieldSelector: 'metadata.name=one',
          resourceVersion: '',
          signal,
        }),
      );
      expect(events).toMatchObject([{ type: 'ADDED', object: { metadata: { name: 'one' } } }]);
    });

    it('tells an object that enters or leaves a selector as added or deleted', async () => {
      const { api, client, namespace } = target();
      const own = await namespace();
      const path = `${configMapsOf(own)}/one`;
      const from = (await api.send('POST', configMapsOf(own), configMap(own, 'one'))).body.metadata
        .resourceVersion!;
      await api.patch(path, 'merge', { metadata: { labels: { chosen: 'yes' } } });
      await api.patch(path, 'merge', { data: { a: '1' } });
      await api.patch(path, 'merge', { metadata: { labels: null } });
      const resource = await configMaps();
      const events = await take(3, async (signal) =>
        client.watch(resource, {
          namespace: own,
          labelSelector: 'chosen=yes',
          resourceVersion: from,
          signal,
        }),
      );
      expect(events.map((event) => event.type)).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
    });

    it('tells metadata only to those who ask for it', async () => {
      const { api, client, namespace } = target();
      const own = await namespace();
      const from = (await api.send('POST', configMapsOf(own), configMap(own, 'before'))).body.metadata
        .resourceVersion!;
      await api.apply(`${configMapsOf(own)}/one`, 'first', configMap(own, 'one', { a: '1' }));
      const resource = await configMaps();
      const [event] = await take(1, async (signal) =>
        client.watch(resource, {
          namespace: own,
          fieldSelector: 'metadata.name=one',
          resourceVersion: from,
          metadataOnly: true,
          signal,
        }),
      );
      expect(event).toMatchObject({
        type: 'ADDED',
        object: { kind: 'ConfigMap', metadata: { managedFields: [{ manager: 'first' }] } },
      });
      expect(event).not.toHaveProperty('object.data');
    });

    it('ends a watch when its time is over, with a bookmark before that says how far the world went on', async () => {
      const { api, client, namespace } = target();
      const own = await namespace();
      const path = configMapsOf(own);
      const made = (await api.send('POST', path, configMap(own, 'one'))).body;
      await api.patch(`${path}/one`, 'merge', { data: { a: '1' } });
      let later = 0;
      let bookmark = 0;
      const options = {
        namespace: own,
        fieldSelector: 'metadata.name=one',
        resourceVersion: made.metadata.resourceVersion!,
        timeoutSeconds: 4,
        signal: AbortSignal.timeout(30_000),
      };
      for await (const event of client.watch(await configMaps(), options)) {
        if (event.type === 'BOOKMARK') {
          bookmark = Number(event.resourceVersion);
        } else {
          // The watch runs, and sees nothing of this: only a bookmark can tell.
          later = Number(
            (await api.send('POST', path, configMap(own, 'other'))).body.metadata.resourceVersion,
          );
        }
      }
      expect(later).toBeGreaterThan(0);
      expect(bookmark).toBeGreaterThanOrEqual(later);
    });

    it('answers 410 for a resourceVersion from before its history', async () => {
      const { api, client, server, namespace } = target();
      const own = await namespace();
      const old = (await api.send('POST', configMapsOf(own), configMap(own, 'one'))).body.metadata
        .resourceVersion!;
      await api.patch(`${configMapsOf(own)}/one`, 'merge', { data: { a: '1' } });
      const resource = await configMaps();
      await server.forgetHistory();
      const error: unknown = await take(1, async (signal) =>
        client.watch(resource, { namespace: own, resourceVersion: old, signal }),
      ).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(KubeApiError);
      expect(error).toMatchObject({ status: 410, reason: 'Expired' });
    });

    it("is followed by Muster's client: a list, then changes", async () => {
      const { api, client, namespace } = target();
      const own = await namespace();
      const path = configMapsOf(own);
      await api.send('POST', path, configMap(own, 'one'));
      const resource = await configMaps();
      const stop = new AbortController();
      const told: FollowEvent[] = [];
      const options = {
        namespace: own,
        fieldSelector: 'metadata.name!=kube-root-ca.crt',
        signal: stop.signal,
      };
      for await (const event of client.follow(resource, options)) {
        told.push(event);
        if (event.type === 'LISTED') await api.send('POST', path, configMap(own, 'two'));
        else if (event.type === 'CHANGED') await api.send('DELETE', `${path}/two`);
        else stop.abort();
      }
      expect(told).toMatchObject([
        { type: 'LISTED', items: [{ metadata: { name: 'one' } }] },
        { type: 'CHANGED', object: { metadata: { name: 'two' } } },
        { type: 'GONE', object: { metadata: { name: 'two' } } },
      ]);
    });
  });
}

/** The first `count` events that aren't bookmarks. */
async function take(
  count: number,
  watch: (signal: AbortSignal) => Promise<AsyncIterable<WatchEvent>>,
): Promise<WatchEvent[]> {
  const events: WatchEvent[] = [];
  for await (const event of await watch(AbortSignal.timeout(20_000))) {
    if (event.type !== 'BOOKMARK') events.push(event);
    if (events.length === count) break;
  }
  return events;
}
