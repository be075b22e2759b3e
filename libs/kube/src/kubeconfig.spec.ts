import { describe, expect, it } from 'vitest';
import { readKubeConfig, type KubeConfigDocument } from './kubeconfig.ts';

const surroundings = {
  context: undefined,
  file: 'config',
  readText: async (path: string) => `text of ${path}`,
  resolvePath: (path: string) => `/home/${path}`,
};

function documentWith(user: object, cluster: object = {}): KubeConfigDocument {
  return {
    'current-context': 'here',
    contexts: [{ name: 'here', context: { cluster: 'c', user: 'u', namespace: 'shop' } }],
    clusters: [{ name: 'c', cluster: { server: 'https://example.test:6443/prefix', ...cluster } }],
    users: [{ name: 'u', user }],
  };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('reading a kubeconfig', () => {
  it('takes server, namespace and token of the current context', async () => {
    expect(await readKubeConfig(documentWith({ token: 'secret' }), surroundings)).toEqual({
      config: { server: 'https://example.test:6443/prefix', tls: {}, token: 'secret', namespace: 'shop' },
      exec: false,
    });
  });

  it('takes certificates from data and from files, data first', async () => {
    const user = {
      'client-certificate-data': base64('cert'),
      'client-certificate': 'ignored',
      'client-key': 'key.pem',
    };
    const { config } = await readKubeConfig(
      documentWith(user, { 'certificate-authority': 'ca.pem' }),
      surroundings,
    );
    expect(config.tls).toEqual({ cert: 'cert', key: 'text of key.pem', ca: 'text of ca.pem' });
  });

  it('takes a token file before a token, relative to the kubeconfig', async () => {
    const { config } = await readKubeConfig(documentWith({ tokenFile: 'token', token: 'old' }), surroundings);
    expect(config).toMatchObject({ tokenFile: '/home/token' });
    expect(config).not.toHaveProperty('token');
  });

  it('takes what the cluster says of its certificate and its proxy', async () => {
    const cluster = {
      'insecure-skip-tls-verify': true,
      'tls-server-name': 'name',
      'proxy-url': 'http://proxy.test',
    };
    const { config } = await readKubeConfig(documentWith({}, cluster), surroundings);
    expect(config).toMatchObject({
      tls: { insecureSkipVerify: true, serverName: 'name' },
      proxyUrl: 'http://proxy.test',
    });
  });

  it('makes a header of a name and a password', async () => {
    const { config } = await readKubeConfig(documentWith({ username: 'a', password: 'b' }), surroundings);
    expect(await config.authorization?.({ fresh: false })).toBe(`Basic ${base64('a:b')}`);
  });

  it('leaves an exec plugin to others', async () => {
    expect(await readKubeConfig(documentWith({ exec: { command: 'x' } }), surroundings)).toMatchObject({
      exec: true,
    });
  });

  it.each([
    ['a context that is not there', documentWith({}), 'other', 'config has no context "other"'],
    ['no context at all', {}, undefined, 'config has no current context: name one'],
    [
      'a cluster without a server',
      documentWith({}, { server: '' }),
      undefined,
      'config: the cluster has no server',
    ],
    ['a server that is no URL', documentWith({}, { server: 'ftp://x' }), undefined, 'must be an http(s) URL'],
    ['an auth-provider', documentWith({ 'auth-provider': {} }), undefined, 'has an auth-provider'],
  ])('says what is wrong with %s', async (_, document, context, message) => {
    await expect(readKubeConfig(document, { ...surroundings, context })).rejects.toThrow(message);
  });
});
