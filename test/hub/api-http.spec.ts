import type { ProblemDetails } from '@muster/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiUnderTest, startApi } from './support/api.ts';

let api: ApiUnderTest;

beforeAll(async () => {
  api = await startApi();
});

afterAll(async () => {
  await api.close();
});

async function problemOf(
  call: Promise<{
    status: number;
    text: string;
    headers: Readonly<Record<string, unknown>>;
    json<Body>(): Body;
  }>,
) {
  const answer = await call;
  expect(answer.headers['content-type'], answer.text).toMatch(/^application\/problem\+json/);
  const problem = answer.json<ProblemDetails>();
  expect(problem.status).toBe(answer.status);
  expect(problem.detail).toBeTruthy();
  return { ...problem, headers: answer.headers };
}

describe('a request without a token of this hub', () => {
  it.each([
    ['no token', null],
    ['a token of another form', 'hunter2'],
    ['a token of another hub', `muster-api-${'a'.repeat(43)}`],
  ])('is answered 401 with %s', async (_, token) => {
    const problem = await problemOf(api.call('GET', '/api/v1/clusters', { token }));
    expect(problem.status).toBe(401);
    expect(problem.headers['www-authenticate']).toMatch(/^Bearer/);
  });

  it('is answered by the probes, the metrics and the document', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics', '/api/v1/openapi.json']) {
      expect((await api.call('GET', path, { token: null })).status, path).toBe(200);
    }
  });
});

describe('what can not be served', () => {
  it.each([
    ['GET', '/nowhere'],
    ['GET', '/api/v1/nothing'],
    ['PUT', '/api/v1/clusters'],
    ['POST', '/api/v1/clusters'],
  ])('%s %s is a 404 that says where to look', async (method, path) => {
    const problem = await problemOf(api.call(method, path));
    expect(problem).toMatchObject({ status: 404, title: 'Not Found' });
    expect(problem.detail).toContain(`${method} ${path}`);
  });

  it.each([
    '/api/v1/clusters/none',
    '/api/v1/bundles/none',
    '/api/v1/revisions/abcd',
    '/api/v1/assignments/no/ne',
  ])('GET %s is a 404 that names what is missing', async (path) => {
    expect((await problemOf(api.call('GET', path))).status).toBe(404);
  });

  it.each(['/api/v1/clusters/%00', '/api/v1/clusters?name=%00', '/api/v1/clusters/%ff'])(
    'GET %s is a 400, because there are no such texts',
    async (path) => {
      expect((await problemOf(api.call('GET', path))).status).toBe(400);
    },
  );

  it('a number out of bounds is told in words', async () => {
    expect((await problemOf(api.call('GET', '/api/v1/clusters?limit=0'))).detail).toBe(
      'limit: must be at least 1',
    );
    expect((await problemOf(api.call('GET', '/api/v1/clusters?limit=1&limit=2'))).detail).toBe(
      'limit: must be a number',
    );
  });

  it('a body that is no JSON is a 400', async () => {
    expect((await problemOf(api.call('POST', '/api/v1/sync', { body: '{"bundle":' }))).status).toBe(400);
  });

  it('a body of more than 1 MiB is a 413', async () => {
    const body = JSON.stringify({ reason: 'a'.repeat(1024 * 1024) });
    expect((await problemOf(api.call('POST', '/api/v1/recovery', { body }))).detail).toContain('1 MiB');
  });

  it('a body of another type is a 415', async () => {
    const headers = { 'content-type': 'text/yaml' };
    expect((await problemOf(api.call('POST', '/api/v1/sync', { body: 'a: b', headers }))).status).toBe(415);
  });

  it('unknown and wrong fields are all named at once', async () => {
    const body = { labels: { a: 1 }, maxUses: 0, nmae: 'eu-1' };
    const problem = await problemOf(api.call('POST', '/api/v1/join-tokens', { body }));
    expect(problem.errors?.map((it) => it.field).sort()).toEqual(['labels.a', 'maxUses', 'nmae']);
  });

  it('what nobody expected is a 500 that tells an id, and the log the rest', async () => {
    await api.store.sql.rows('alter table join_tokens rename to elsewhere');
    try {
      const problem = await problemOf(api.call('GET', '/api/v1/join-tokens'));
      expect(problem.status).toBe(500);
      expect(JSON.stringify(problem)).not.toContain('join_tokens"');
      const id = problem.instance?.replace('urn:uuid:', '');
      expect(api.logged.some(({ fields }) => 'id' in fields && fields.id === id)).toBe(true);
    } finally {
      await api.store.sql.rows('alter table elsewhere rename to join_tokens');
    }
  });
});

describe('a read', () => {
  it('is answered 304 to who has it already', async () => {
    const first = await api.call('GET', '/api/v1/clusters');
    const tag = first.headers['etag'] as string;
    const again = await api.call('GET', '/api/v1/clusters', { headers: { 'if-none-match': `W/${tag}` } });
    expect(again).toMatchObject({ status: 304, text: '' });
    const other = await api.call('GET', '/api/v1/clusters', { headers: { 'if-none-match': '"other"' } });
    expect(other.status).toBe(200);
  });

  it('is counted by its route', async () => {
    await api.call('GET', '/api/v1/bundles/none');
    const metrics = (await api.call('GET', '/metrics')).text;
    expect(metrics).toMatch(
      /muster_http_request_duration_seconds_count\{method="GET",route="\/api\/v1\/bundles\/:name",status="404"\} \d+/,
    );
  });
});

describe('the OpenAPI document', () => {
  it('describes every route that there is, and no other', async () => {
    const document = (await api.call('GET', '/api/v1/openapi.json')).json<{
      paths: Record<string, Record<string, object>>;
    }>();
    const described = Object.entries(document.paths)
      .flatMap(([path, operations]) =>
        Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
      )
      // Served by the part that follows the repo.
      .filter((it) => it !== 'POST /api/v1/webhooks/git');
    const served = api.routes
      .filter((route) => route.url.startsWith('/api/v1/') && route.method !== 'HEAD')
      .map((route) => `${route.method} ${route.url.replace(/:(\w+)/g, '{$1}')}`);
    expect(described.sort()).toEqual([...new Set(served)].sort());
  });
});

describe('the stream of events', () => {
  it('says what is worth reading again, also what another replica wrote', async () => {
    const url = await api.listen();
    const leaving = new AbortController();
    const stream = await fetch(`${url}/api/v1/events/stream`, {
      headers: { authorization: `Bearer ${api.token}` },
      signal: leaving.signal,
    });
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    const events = eventsOf(stream);
    expect(await events.next()).toMatchObject({
      value: { topics: expect.arrayContaining(['clusters', 'status']) as unknown },
    });
    api.changes.changed(['revisions']);
    expect(await events.next()).toMatchObject({ value: { topics: ['revisions'] } });
    await api.look();
    await api.store.sql.rows(
      `insert into pauses (scope, name, reason, by, since) values ('All', '', '', 'another replica', now())`,
    );
    await api.look();
    expect(await events.next()).toMatchObject({
      value: { topics: expect.arrayContaining(['status']) as unknown },
    });
    leaving.abort();
  });

  it('ends when the hub stops', async () => {
    const url = await api.listen();
    const stream = await fetch(`${url}/api/v1/events/stream`, {
      headers: { authorization: `Bearer ${api.token}` },
    });
    const text = stream.text();
    await api.app.close();
    expect(await text).toContain('retry: 1000');
  });
});

async function* eventsOf(stream: Response): AsyncGenerator<{ topics: string[] }> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of stream.body!) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1];
      text = text.slice(end + 2);
      if (data !== undefined) yield JSON.parse(data) as { topics: string[] };
    }
  }
}
