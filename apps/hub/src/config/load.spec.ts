import { describe, expect, test } from 'vitest';
import { helpText } from './help.ts';
import { loadConfig } from './load.ts';
import { defaultDataFolder, settings } from './settings.ts';

function config(args: string[], environment: Record<string, string> = {}, file = '') {
  const loaded = loadConfig(args, environment, () => file);
  if (loaded.kind !== 'loaded') throw new Error(JSON.stringify(loaded));
  return loaded.config;
}

describe('the configuration of the hub', () => {
  test('takes flags before the environment, that before the file, that before the default', () => {
    const file = 'http-port: 1\ngit-ref: from-file\nlog-level: debug\n';
    const read = config(
      ['--config', 'hub.yaml', '--http-port', '3'],
      { MUSTER_HTTP_PORT: '2', MUSTER_GIT_REF: 'from-env' },
      file,
    );
    expect(read['http-port']).toBe(3);
    expect(read['git-ref']).toBe('from-env');
    expect(read['log-level']).toBe('debug');
    expect(read['session-port']).toBe(8443);
  });

  test('reads DATABASE_URL, but MUSTER_DATABASE_URL first', () => {
    expect(config([], { DATABASE_URL: 'postgres://a/b' })['database-url']).toBe('postgres://a/b');
    const both = { DATABASE_URL: 'postgres://a/b', MUSTER_DATABASE_URL: 'postgres://c/d' };
    expect(config([], both)['database-url']).toBe('postgres://c/d');
  });

  test('reads durations as milliseconds', () => {
    expect(config(['--certificate-life', '90m'])['certificate-life']).toBe(5_400_000);
  });

  test('refuses durations that no timer holds', () => {
    expect(loadConfig(['--git-poll-interval', '30d'], {})).toMatchObject({
      problems: ['git-poll-interval "30d" (from the flag --git-poll-interval): must be from 1s to 7d'],
    });
    expect(loadConfig(['--certificate-life', '1s'], {}).kind).toBe('invalid');
  });

  test('names every wrong setting with the place that it came from', () => {
    const loaded = loadConfig(
      ['--config', 'hub.yaml', '--http-port', '70000'],
      { MUSTER_LOG_LEVEL: 'loud' },
      () => 'git-urll: x\n',
    );
    expect(loaded).toMatchObject({
      kind: 'invalid',
      problems: [
        'git-urll (from hub.yaml): there is no such setting',
        expect.stringContaining('http-port "70000" (from the flag --http-port)'),
        expect.stringContaining('log-level "loud" (from the environment (MUSTER_LOG_LEVEL))'),
      ],
    });
  });

  test('never shows a secret in an error, nor takes one as a flag', () => {
    const loaded = loadConfig([], { MUSTER_WEBHOOK_SECRET: 'hunter2' });
    expect(JSON.stringify(loaded)).not.toContain('hunter2');
    expect(loadConfig(['--git-token', 'x'], {}).kind).toBe('invalid');
  });

  test('says what a setting must be in words', () => {
    const problemOf = (...args: string[]) => loadConfig(args, {});
    expect(problemOf('--http-port', 'abc')).toMatchObject({
      problems: ['http-port "abc" (from the flag --http-port): must be a number'],
    });
    expect(problemOf('--http-port', '70000')).toMatchObject({
      problems: ['http-port "70000" (from the flag --http-port): must be at most 65535'],
    });
    expect(problemOf('--data', '')).toMatchObject({
      problems: ['data "" (from the flag --data): must not be empty'],
    });
  });

  test.each(['git@git.example.com:fleet.git', 'ssh://git.example.com/fleet.git', 'file:///srv/fleet'])(
    'refuses the Git URL %s at the start, because nothing could ever be fetched from it',
    (url) => {
      expect(loadConfig(['--git-url', url], {}).kind).toBe('invalid');
    },
  );

  test('shows no credentials of a URL that is wrong', () => {
    const loaded = loadConfig(['--git-url', 'ssh://ann:hunter2@git.example.com/fleet.git'], {});
    expect(JSON.stringify(loaded)).not.toContain('hunter2');
  });

  test('refuses a Git URL that is an option, and a path that leaves the repo', () => {
    expect(loadConfig(['--git-url=--upload-pack=x'], {}).kind).toBe('invalid');
    expect(loadConfig(['--git-path', 'a/../../b'], {}).kind).toBe('invalid');
  });

  test('says when the file is not there', () => {
    const loaded = loadConfig(['--config', 'nowhere.yaml'], {}, () => {
      throw new Error('ENOENT: no such file');
    });
    expect(loaded).toEqual({
      kind: 'invalid',
      problems: ["the configuration file nowhere.yaml can't be read: ENOENT: no such file"],
    });
  });

  test('says when the file with the webhook secret is not there', () => {
    const loaded = loadConfig(['--webhook-secret-file', 'nowhere'], {}, () => {
      throw new Error('ENOENT: no such file');
    });
    expect(loaded).toEqual({
      kind: 'invalid',
      problems: [
        "webhook-secret-file (from the flag --webhook-secret-file): nowhere can't be read: ENOENT: no such file",
      ],
    });
  });

  test('documents every setting in --help', () => {
    expect(loadConfig(['--help'], {})).toEqual({ kind: 'help' });
    for (const name of Object.keys(settings)) expect(helpText()).toContain(name);
  });
});

test("a system's service keeps its data in /var/lib, a user where XDG says", () => {
  expect(defaultDataFolder({}, true)).toBe('/var/lib/muster');
  expect(defaultDataFolder({ XDG_DATA_HOME: '/x' }, false)).toBe('/x/muster');
});
