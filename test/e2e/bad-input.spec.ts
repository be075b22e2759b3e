import { rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Assignment, Revision } from '@muster/api';
import type { KubeObject } from '@muster/kube';
import { until } from '@muster/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bundleFile, configMap, type Member, startFleet, type TestFleet } from './fleet-fixture.ts';

const everywhere = '{}';

/** What people get wrong, each with what they are told. The bundle `steady` must never be harmed by it. */
describe('a fleet that is given something bad', () => {
  let fleet: TestFleet;
  let solo: Member;
  let start: string;

  beforeAll(async () => {
    fleet = await startFleet({
      clusters: [{ name: 'solo', labels: { env: 'production' } }],
      files: {
        'steady/muster.yaml': bundleFile('steady', { selector: everywhere }),
        'steady/manifests/config.yaml': configMap('steady', { state: 'steady' }),
      },
    });
    solo = fleet.member('solo');
    start = await fleet.repo.git('rev-parse', 'HEAD');
    await fleet.settled();
  });

  afterEach(async () => {
    expect(dataOf(await solo.get('ConfigMap', 'steady', 'steady'))).toEqual({ state: 'steady' });
    // The next test finds the repo and the cluster as they were at first.
    await fleet.repo.git('rm', '-r', '-q', '-f', '--ignore-unmatch', '.');
    await fleet.repo.git('checkout', '-q', start, '--', '.');
    await fleet.commit({}, 'Start again');
    await fleet.settled();
  });

  afterAll(() => fleet?.stop());

  it('refuses a commit with YAML that is broken, and says where', async () => {
    const revision = await refused({
      'broken/muster.yaml': 'apiVersion: muster.dev/v1alpha1\nkind: [Bundle\n',
    });
    expect(revision.problems[0]).toMatchObject({
      file: 'broken/muster.yaml',
      line: expect.any(Number) as number,
    });
  });

  it('refuses a commit with an unknown field, kind or version, says what was meant, and tells of all at once', async () => {
    const good = bundleFile('odd', { selector: everywhere });
    const revision = await refused({
      'odd/muster.yaml': good.replace('namespace:', 'namspace:'),
      'kind.muster.yaml': bundleFile('new', { selector: everywhere }).replace('kind: Bundle', 'kind: Bundel'),
      'version.muster.yaml': bundleFile('old', { selector: everywhere }).replace('v1alpha1', 'v9'),
    });
    const told = Object.fromEntries(revision.problems.map((it) => [it.file, it]));
    expect(Object.keys(told).sort()).toEqual(['kind.muster.yaml', 'odd/muster.yaml', 'version.muster.yaml']);
    expect(told['odd/muster.yaml']).toMatchObject({
      line: 5,
      message: expect.stringContaining('namespace') as string,
    });
    expect(told['kind.muster.yaml']?.message).toContain('Bundle');
    expect(told['version.muster.yaml']?.message).toContain('v1alpha1');
  });

  it('refuses a commit whose source points out of the repo', async () => {
    const revision = await refused({
      'out/muster.yaml': bundleFile('out', { selector: everywhere }).replace('./manifests', '../../etc'),
    });
    expect(revision.problems).toMatchObject([
      {
        file: 'out/muster.yaml',
        line: 6,
        field: 'spec.source.manifests.path',
        message: expect.stringContaining('repo') as string,
      },
    ]);
  });

  it('does not follow a symbolic link in a source, and says which', async () => {
    await fleet.commit({
      'linked/muster.yaml': bundleFile('linked', { selector: everywhere }),
      'linked/manifests/config.yaml': configMap('linked', {}),
    });
    await symlink('/etc/passwd', join(fleet.repo.path, 'linked/manifests/passwd.yaml'));
    await fleet.commit({});
    const [bundle] = await fleet.hub.api.bundles('name=linked');
    expect(bundle).toMatchObject({
      state: 'Failing',
      problems: [
        { file: 'linked/manifests/passwd.yaml', message: expect.stringContaining('symbolic link') as string },
      ],
    });
  });

  it('leaves an object that two bundles claim with the one that has it, and both say so', async () => {
    const second = configMap('claimed', { by: 'second' });
    await fleet.commit({
      'second/muster.yaml': bundleFile('second', { selector: everywhere, namespace: 'claims' }),
      'second/manifests/config.yaml': second,
    });
    await fleet.settled();
    await fleet.commit({
      'first/muster.yaml': bundleFile('first', { selector: everywhere, namespace: 'claims' }),
      'first/manifests/config.yaml': configMap('claimed', { by: 'first' }),
    });
    const loser = await assignment('first', (it) => it.reason === 'ClaimedByTwo');
    expect(loser).toMatchObject({ sync: 'OutOfSync', objects: [{ name: 'claimed' }] });
    expect(loser.message).toContain('second');
    const winner = await assignment('second', (it) => JSON.stringify(it).includes('first'));
    expect(winner.sync).toBe('Synced');
    expect(dataOf(await solo.get('ConfigMap', 'claims', 'claimed'))).toEqual({ by: 'second' });
  });

  it('says of an object that the API server refuses what it said, and applies the others', async () => {
    await admit();
    await fleet.commit({
      'refused/muster.yaml': bundleFile('refused', { selector: everywhere }),
      'refused/manifests/bad-name.yaml': configMap('Bad_Name', {}),
      'refused/manifests/denied.yaml': configMap('denied', { forbidden: 'yes' }),
      'refused/manifests/good.yaml': configMap('good', { a: 'b' }),
    });
    const status = await assignment(
      'refused',
      (it) => it.objects.length === 2 && it.objects.every((o) => o.reason === 'Refused'),
    );
    expect(status.sync).toBe('OutOfSync');
    const messages = Object.fromEntries(status.objects.map((it) => [it.name, it.message]));
    expect(messages['Bad_Name']).toContain('RFC 1123');
    expect(messages['denied']).toContain('nothing forbidden here');
    expect(dataOf(await solo.get('ConfigMap', 'refused', 'good'))).toEqual({ a: 'b' });
  });

  it('says that the repo is away, goes on with what it had, and follows again when it is back', async () => {
    const away = `${fleet.repo.path}-away`;
    await rename(fleet.repo.path, away);
    try {
      await fleet.hub.api.call('POST', 'sync', {});
      const { repo } = await until(
        'the error',
        () => fleet.hub.api.status(),
        (it) => it.repo.error !== null,
      );
      expect(repo.error).toContain(fleet.repo.path);
      await solo.kube.delete((await solo.kube.resourceFor('', 'v1', 'ConfigMap'))!, {
        namespace: 'steady',
        name: 'steady',
      });
      await until(
        'the healing',
        () => solo.get('ConfigMap', 'steady', 'steady'),
        (it) => it !== undefined,
      );
    } finally {
      await rename(away, fleet.repo.path);
    }
    const sha = await fleet.commit({ 'README.md': 'back again\n' });
    const status = await until(
      'the good end',
      () => fleet.hub.api.status(),
      (it) => it.repo.error === null,
    );
    expect(status.goodRevision?.sha).toBe(sha);
  });

  it('follows a branch that was rewritten', async () => {
    const files = { 'forced/muster.yaml': bundleFile('forced', { selector: everywhere }) };
    await fleet.commit({ ...files, 'forced/manifests/config.yaml': configMap('forced', { history: 'one' }) });
    await fleet.settled();
    await fleet.repo.git('reset', '-q', '--hard', 'HEAD~1');
    await fleet.commit({
      ...files,
      'forced/manifests/config.yaml': configMap('forced', { history: 'another' }),
    });
    await fleet.settled();
    expect(dataOf(await solo.get('ConfigMap', 'forced', 'forced'))).toEqual({ history: 'another' });
  });

  async function refused(files: Readonly<Record<string, string>>): Promise<Revision> {
    const sha = await fleet.commit(files);
    const [revision] = await fleet.hub.api.revisions(`sha=${sha}`);
    expect(revision?.state).toBe('Refused');
    return revision!;
  }

  function assignment(bundle: string, isWanted: (it: Assignment) => boolean): Promise<Assignment> {
    return until(
      `the status of ${bundle}`,
      async () => (await fleet.hub.api.assignments(`bundle=${bundle}`))[0],
      (it) => it !== undefined && isWanted(it),
    ) as Promise<Assignment>;
  }

  /** An admission policy, as a cluster's administrator would have one. */
  async function admit(): Promise<void> {
    const group = 'admissionregistration.k8s.io';
    const apiVersion = `${group}/v1`;
    const policy = (await solo.kube.resourceFor(group, 'v1', 'ValidatingAdmissionPolicy'))!;
    await solo.kube.create(policy, undefined, {
      apiVersion,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'no-forbidden' },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [
            {
              apiGroups: [''],
              apiVersions: ['v1'],
              operations: ['CREATE', 'UPDATE'],
              resources: ['configmaps'],
            },
          ],
        },
        validations: [
          {
            expression: "!has(object.data) || !('forbidden' in object.data)",
            message: 'nothing forbidden here',
          },
        ],
      },
    });
    const binding = (await solo.kube.resourceFor(group, 'v1', 'ValidatingAdmissionPolicyBinding'))!;
    await solo.kube.create(binding, undefined, {
      apiVersion,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'no-forbidden' },
      spec: { policyName: 'no-forbidden', validationActions: ['Deny'] },
    });
    // The API server takes a moment to enforce a policy that it took.
    const configMaps = (await solo.kube.resourceFor('', 'v1', 'ConfigMap'))!;
    const probe = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'probe' },
      data: { forbidden: 'yes' },
    };
    await until(
      'the policy',
      async () => {
        const made = await solo.kube.create(configMaps, 'default', probe).catch(() => undefined);
        if (made !== undefined) await solo.kube.delete(configMaps, { namespace: 'default', name: 'probe' });
        return made;
      },
      (made) => made === undefined,
    );
  }
});

function dataOf(object: KubeObject | undefined): Readonly<Record<string, string>> {
  return (object?.['data'] ?? {}) as Record<string, string>;
}
