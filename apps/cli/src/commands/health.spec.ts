import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../testing/run-cli.ts';

const certificate = (name: string, ready: string) => `apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: ${name}, namespace: shop}
status:
  conditions: [{type: Ready, status: "${ready}", message: 'it says ${ready}'}]
`;
const settings = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-health-'));
  mkdirSync(join(folder, 'deeper'));
  writeFileSync(join(folder, 'b.yaml'), certificate('b', 'True'));
  writeFileSync(
    join(folder, 'a.json'),
    '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}',
  );
  writeFileSync(join(folder, 'deeper', 'c.yml'), settings);
  writeFileSync(join(folder, 'README.md'), 'not an object');
});
afterAll(() => rmSync(folder, { recursive: true }));

const judge = (text: string, ...args: string[]) =>
  runCli(['health', '-f', '-', ...args], { readStdin: () => Promise.resolve(text) });

describe('muster health', () => {
  test('tells the health of every document, in their order', async () => {
    const text = `---\n${certificate('good', 'True')}---\n# nothing here\n---\n${settings}---\n${certificate('bad', 'False')}`;
    expect(await judge(text)).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: `KIND          NAMESPACE   NAME       HEALTH     MESSAGE
Certificate   shop        good       Healthy    it says True
ConfigMap     <none>      settings   Healthy
Certificate   shop        bad        Degraded   it says False
`,
    });
  });

  test('prints an array for programs', async () => {
    const { stdout } = await judge(`${certificate('bad', 'False')}---\n${settings}`, '-o', 'json');
    expect(JSON.parse(stdout)).toEqual([
      {
        apiVersion: 'cert-manager.io/v1',
        kind: 'Certificate',
        namespace: 'shop',
        name: 'bad',
        health: 'Degraded',
        message: 'it says False',
      },
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        namespace: null,
        name: 'settings',
        health: 'Healthy',
        message: '',
      },
    ]);
    expect((await judge('', '-o', 'json')).stdout).toBe('[]\n');
  });

  test('prints what kubectl would take', async () => {
    const { stdout } = await judge(`${certificate('bad', 'False')}---\n${settings}`, '-o', 'name');
    expect(stdout).toBe('certificate.cert-manager.io/bad\nconfigmap/settings\n');
  });

  test('puts the items of lists in the place of the list', async () => {
    const item = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
    const list = { apiVersion: 'v1', kind: 'List', items: [item('a'), item('b')] };
    const names = async (value: unknown) => (await judge(JSON.stringify(value), '-o', 'name')).stdout;
    expect(await names(list)).toBe('configmap/a\nconfigmap/b\n');
    expect(await names([item('c'), list])).toBe('configmap/c\nconfigmap/a\nconfigmap/b\n');
  });

  test('reads several files, and folders with all below them', async () => {
    const { stdout } = await runCli(['health', '-f', join(folder, 'b.yaml'), '-f', folder, '-o', 'name']);
    expect(stdout).toBe(
      'certificate.cert-manager.io/b\nconfigmap/a\ncertificate.cert-manager.io/b\nconfigmap/settings\n',
    );
  });

  test('says no with --check where something is not well', async () => {
    expect((await judge(settings, '--check')).exitCode).toBe(0);
    expect((await judge(certificate('bad', 'False'), '--check')).exitCode).toBe(1);
    expect((await judge(certificate('bad', 'False'))).exitCode).toBe(0);
  });

  test('tells every document that is no object, and which it is', async () => {
    const { exitCode, stdout, stderr } = await judge(
      `${settings}---\nkind: Only\n---\njust text\n---\na: [1\n`,
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr.split('\n')).toEqual([
      'muster: stdin, document 2: a Kubernetes object has apiVersion, and this has not',
      'muster: stdin, document 3: a Kubernetes object is needed, and this is a string',
      expect.stringMatching(/^muster: stdin, document 4: .* at line \d+, column \d+$/),
      '',
    ]);
  });

  test('tells which file cannot be read', async () => {
    const missing = join(folder, 'missing.yaml');
    expect(await runCli(['health', '-f', missing])).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `muster: ${missing}: there is no such file\n`,
    });
    expect((await judge('')).stderr).toBe('muster: there are no objects in -\n');
    expect((await runCli(['health'])).exitCode).toBe(2);
  });

  test('reads quoted texts that go on without indentation, as kubectl does', async () => {
    const text = `${settings}status:\n  conditions:\n  - type: Stalled\n    status: "True"\n    message: 'it isn''t\n    there'\n`;
    expect((await judge(text)).stdout).toContain("it isn't there");
    expect((await judge(`${settings}data: {a: 'never\n\nclosed}\n`)).stderr).toMatch(
      /Missing closing 'quote/,
    );
  });

  test('survives what would end a program', async () => {
    expect((await judge('['.repeat(100_000))).exitCode).toBe(2);
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c]\n`;
    expect((await judge(bomb)).exitCode).toBe(2);
  });
});
