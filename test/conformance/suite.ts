import { afterAll, beforeAll, describe } from 'vitest';
import { createKubeClient } from '@muster/kube';
import { createApi } from './api.ts';
import { refusesByWebhooks } from './cases/admission-refusals.ts';
import { admitsThroughMutatingWebhooks } from './cases/admission.ts';
import { appliesListsByKey } from './cases/apply-lists.ts';
import { appliesOwnership } from './cases/apply-ownership.ts';
import { appliesServerSide } from './cases/apply.ts';
import { convertsCustomResources } from './cases/conversion.ts';
import { servesCustomResources } from './cases/custom-resources.ts';
import { deletesWithCare } from './cases/deletion.ts';
import { tellsWhatItServes } from './cases/discovery.ts';
import { runsDry } from './cases/dry-runs.ts';
import { finalizesObjects } from './cases/finalizers.ts';
import { letsAdministratorsImpersonate } from './cases/impersonation.ts';
import { runsJobs } from './cases/jobs.ts';
import { answersKubectl } from './cases/kubectl.ts';
import { listsAndSelects } from './cases/lists.ts';
import { readsLogs } from './cases/logs.ts';
import { keepsObjects } from './cases/objects.ts';
import { collectsGarbage } from './cases/owners.ts';
import { refusesBadInput } from './cases/refusals.ts';
import { tracksUpdates } from './cases/updates.ts';
import { watchesChanges } from './cases/watches.ts';
import { runsEveryKindOfWorkload } from './cases/workload-kinds.ts';
import { runsWorkloads } from './cases/workloads.ts';
import type { ConformanceServer, Target } from './target.ts';

/**
 * What Muster expects of an API server, as one suite: the real one passes it, so that what it says is true, and the
 * simulated one passes it, so that tests against that prove something.
 */
export function kubernetesConformance(name: string, start: () => Promise<ConformanceServer>): void {
  describe(`${name}, as an API server`, () => {
    let target: Target | undefined;

    beforeAll(async () => {
      const server = await start();
      const api = createApi(server.config);
      let count = 0;
      target = {
        server,
        api,
        client: createKubeClient(server.config),
        namespace: async () => {
          const namespace = `case-${++count}`;
          const made = await api.send('POST', '/api/v1/namespaces', {
            apiVersion: 'v1',
            kind: 'Namespace',
            metadata: { name: namespace },
          });
          if (made.status !== 201)
            throw new Error(`namespace ${namespace}: ${made.status} ${made.body.message ?? ''}`);
          return namespace;
        },
      };
    });

    afterAll(async () => {
      await target?.client.close();
      await target?.api.close();
      await target?.server.stop();
    });

    const reach = (): Target => {
      if (target === undefined) throw new Error('the server has not started');
      return target;
    };
    tellsWhatItServes(reach);
    keepsObjects(reach);
    refusesBadInput(reach);
    deletesWithCare(reach);
    finalizesObjects(reach);
    collectsGarbage(reach);
    listsAndSelects(reach);
    watchesChanges(reach);
    appliesServerSide(reach);
    appliesOwnership(reach);
    appliesListsByKey(reach);
    tracksUpdates(reach);
    runsDry(reach);
    admitsThroughMutatingWebhooks(reach);
    refusesByWebhooks(reach);
    letsAdministratorsImpersonate(reach);
    servesCustomResources(reach);
    convertsCustomResources(reach);
    runsWorkloads(reach);
    runsEveryKindOfWorkload(reach);
    runsJobs(reach);
    readsLogs(reach);
    answersKubectl(reach);
  });
}
