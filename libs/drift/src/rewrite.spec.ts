import type { IgnoredDifference } from '@muster/manifest';
import { describe, expect, test } from 'vitest';
import type { Owner } from './field-set.ts';
import { ignoredFields } from './ignored-fields.ts';
import { IgnoreRules } from './ignore-rules.ts';
import { parseJson, printJson } from './json.ts';
import { withoutIgnored } from './rewrite.ts';

const deployment = { group: 'apps', version: 'v1', kind: 'Deployment', name: 'web', namespace: 'shop' };

function sent(desired: string, live: string, rules: IgnoredDifference[], others: Owner[] = []): unknown {
  const object = parseJson(desired);
  const ignored = new IgnoreRules(rules).for(deployment, { app: 'web' });
  const fields = ignored ? ignoredFields(object, ignored, others) : [];
  return printJson(withoutIgnored(object, parseJson(live), fields, others));
}

const owner = (manager: string, fieldsV1: unknown, subresource = ''): Owner => ({
  manager,
  operation: 'Update',
  subresource,
  fieldsV1,
});

describe('what is sent of an object with ignored fields', () => {
  const replicas: IgnoredDifference[] = [{ target: { kind: 'Deployment' }, fields: ['/spec/replicas'] }];

  test('a field that another manager owns is left out, through a subresource as well', () => {
    const scaler = owner('kube-controller-manager', { 'f:spec': { 'f:replicas': {} } }, 'scale');
    expect(sent('{"spec":{"paused":true,"replicas":2}}', '{"spec":{"replicas":5}}', replicas, [scaler])).toBe(
      '{"spec":{"paused":true}}',
    );
  });

  test('a field that nobody else owns is sent as it is live, to the last digit', () => {
    expect(sent('{"spec":{"replicas":2}}', '{"spec":{"replicas":9007199254740993}}', replicas)).toBe(
      '{"spec":{"replicas":9007199254740993}}',
    );
  });

  test('what is not there is not brought back', () => {
    expect(sent('{"spec":{"paused":true,"replicas":2}}', '{"spec":{}}', replicas)).toBe(
      '{"spec":{"paused":true}}',
    );
  });

  test('every byte that no rule is about stays', () => {
    const text = '{"big":9007199254740993,"float":1.0,"spec":{"z":-0}}';
    expect(sent(text, '{}', replicas)).toBe(text);
  });

  test('an injected caBundle stays, whichever webhook it is of', () => {
    const rules = [{ fields: ['/webhooks/*/clientConfig/caBundle'] }];
    const injector = owner('cainjector', {
      'f:webhooks': { 'k:{"name":"a.x"}': { 'f:clientConfig': { 'f:caBundle': {} } } },
    });
    expect(
      sent(
        '{"webhooks":[{"name":"a.x","clientConfig":{"caBundle":"Cg==","url":"u"}},{"name":"b.x","clientConfig":{"caBundle":"Cg=="}}]}',
        '{"webhooks":[{"name":"b.x","clientConfig":{"caBundle":"TGl2ZQ=="}},{"name":"a.x","clientConfig":{"caBundle":"SW5qZWN0ZWQ=","url":"u"}}]}',
        rules,
        [injector],
      ),
    ).toBe(
      '{"webhooks":[{"name":"a.x","clientConfig":{"url":"u"}},{"name":"b.x","clientConfig":{"caBundle":"TGl2ZQ=="}}]}',
    );
  });

  test('whatever an ignored manager owns is left out', () => {
    const vpa = owner('vpa-recommender', {
      'f:spec': {
        'f:containers': { 'k:{"name":"app"}': { 'f:resources': { 'f:limits': { 'f:cpu': {} } } } },
      },
    });
    expect(
      sent(
        '{"spec":{"containers":[{"name":"app","image":"x","resources":{"limits":{"cpu":"1","memory":"1Gi"}}}]}}',
        '{}',
        [{ managers: ['vpa-recommender'] }],
        [vpa],
      ),
    ).toBe('{"spec":{"containers":[{"name":"app","image":"x","resources":{"limits":{"memory":"1Gi"}}}]}}');
  });

  test('a part of an atomic value that another owns is sent as it is live: leaving it out would delete it', () => {
    const other = owner('kubectl-edit', { 'f:spec': { 'f:rules': {} } });
    expect(
      sent(
        '{"spec":{"rules":[{"name":"a","weight":1}]}}',
        '{"spec":{"rules":[{"name":"a","weight":7}]}}',
        [{ fields: ['/spec/rules/[name=a]/weight'] }],
        [other],
      ),
    ).toBe('{"spec":{"rules":[{"name":"a","weight":7}]}}');
  });

  test('an item of which something is sent still says which item it is', () => {
    const other = owner('x', { 'f:spec': { 'f:c': { 'k:{"name":"a"}': { 'f:name': {}, 'f:image': {} } } } });
    expect(
      sent(
        '{"spec":{"c":[{"name":"a","image":"x","cpu":1}]}}',
        '{"spec":{"c":[{"name":"a","image":"y","cpu":2}]}}',
        [{ fields: ['/spec/c/[name=a]'] }],
        [other],
      ),
    ).toBe('{"spec":{"c":[{"name":"a","cpu":2}]}}');
  });

  test('no rule reaches what makes an object ours, or that object', () => {
    const text =
      '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"annotations":{"muster.dev/object":"o","x":"1"},"labels":{"muster.dev/bundle":"b","muster.dev/fleet":"f"},"name":"web","namespace":"shop"}}';
    expect(sent(text, '{}', [{ fields: ['/metadata', '/kind', '/*'] }])).toBe(text.replace(',"x":"1"', ''));
  });
});

describe('rules', () => {
  const rules = (target: IgnoredDifference['target'], labels = {}) =>
    new IgnoreRules([{ ...(target && { target }), fields: ['/a'] }]).for(deployment, labels) !== undefined;

  test.each([
    [{}, true],
    [{ kind: 'Deployment' }, true],
    [{ kind: 'Deploy' }, false],
    [{ kind: 'Deploy.*' }, true],
    [{ name: 'web|api' }, true],
    [{ name: 'w' }, false],
    [{ group: 'apps', version: 'v1', namespace: 'shop' }, true],
    [{ group: '' }, true],
    [{ namespace: 'other' }, false],
  ])('a target of %j fits: %s', (target, fits) => {
    expect(rules(target)).toBe(fits);
  });

  test('labels are selected as kubectl selects', () => {
    expect(rules({ labelSelector: 'app in (web,api)' }, { app: 'web' })).toBe(true);
    expect(rules({ labelSelector: '!app' }, { app: 'web' })).toBe(false);
  });

  test('a pattern that would take other engines for ever takes no time', () => {
    const name = 'a'.repeat(60);
    const evil = new IgnoreRules([{ target: { name: '(a+)+b' }, fields: ['/a'] }]);
    expect(evil.for({ ...deployment, name }, {})).toBeUndefined();
  });

  test('what cannot be read ignores nothing, and says so', () => {
    const broken = new IgnoreRules([
      { target: { name: '(' }, fields: ['/a'] },
      { target: { labelSelector: '=' } },
      { fields: ['spec', '/b'] },
    ]);
    expect(broken.problems).toHaveLength(3);
    expect(broken.for(deployment, {})?.paths).toHaveLength(1);
  });

  test("the text of an object's rules changes only with rules that concern it", () => {
    const some = (kind: string) =>
      new IgnoreRules([{ target: { kind }, fields: ['/a'] }]).printFor(deployment);
    expect(some('Service')).toBeUndefined();
    expect(some('Deployment')).toBe('[{"target":{"kind":"Deployment"},"fields":["/a"]}]');
  });
});
