import { describe, expect, it } from 'vitest';
import { locate, withoutCredentials } from './remote-url.ts';

describe('what a remote names', () => {
  it.each([
    ['https://git.example.com/fleet.git', 'https://git.example.com/fleet.git', undefined],
    ['https://ann:s%20ecret@git.example.com/fleet/', 'https://git.example.com/fleet', 's ecret'],
  ])('%s is fetched from', (url, href, password) => {
    const location = locate({ url, ref: 'main' });
    expect(location.kind === 'http' && [location.url.href, location.password]).toEqual([href, password]);
  });

  it('a path is read in place', () => {
    expect(locate({ url: '/srv/fleet', ref: '' })).toEqual({ kind: 'local', path: '/srv/fleet' });
  });

  it.each([
    ['', 'no URL'],
    ['file:///srv/fleet', 'by its path'],
    ['ssh://git@example.com/fleet', 'SSH needs'],
    ['git@example.com:fleet.git', 'SSH needs'],
    ['ext::sh -c id', 'not ext:'],
    ['git://example.com/x', 'not git:'],
    ['--upload-pack=id', 'may not begin with "-"'],
    ['https://', 'Not a URL'],
  ])('%s is refused', (url, message) => {
    expect(() => locate({ url, ref: '' })).toThrow(message);
  });

  it.each(['-x', 'a..b', 'a b', 'a~1', 'a^', 'a:b', '@{u}', 'x.lock', '/a', 'a/', 'a\nb'])(
    'the ref %j is refused',
    (ref) => {
      expect(() => locate({ url: '/srv/fleet', ref })).toThrow(/ref|branch/);
    },
  );

  it('messages show no credentials', () => {
    expect(withoutCredentials('https://ann:secret@example.com/x')).toBe('https://example.com/x');
  });
});
