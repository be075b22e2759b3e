import type {
  Assignment,
  Bundle,
  Cluster,
  FleetObject,
  FleetStatus,
  NewJoinToken,
  Page,
  Revision,
} from '@muster/api';

/** The hub's HTTP API, for tests: every answer that isn't 2xx is an error that shows the problem. */
export class HubClient {
  private readonly url: string;
  private readonly token: () => Promise<string>;

  constructor(url: string, token: () => Promise<string>) {
    this.url = url;
    this.token = token;
  }

  clusters(query = ''): Promise<Cluster[]> {
    return this.all('clusters', query);
  }

  bundles(query = ''): Promise<Bundle[]> {
    return this.all('bundles', query);
  }

  revisions(query = ''): Promise<Revision[]> {
    return this.all('revisions', query);
  }

  assignments(query = ''): Promise<Assignment[]> {
    return this.all('assignments', query);
  }

  objects(query = ''): Promise<FleetObject[]> {
    return this.all('objects', query);
  }

  status(): Promise<FleetStatus> {
    return this.call('GET', 'status');
  }

  /** A join token for a new cluster of this name with these labels. */
  async joinToken(name: string | undefined, labels: Readonly<Record<string, string>> = {}): Promise<string> {
    const made = await this.call<NewJoinToken>('POST', 'join-tokens', {
      ...(name === undefined ? {} : { name }),
      labels,
    });
    return made.token;
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.raw(method, path, body);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  async raw(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${this.url}/api/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${(await this.token()).trim()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  private async all<T>(list: string, query: string): Promise<T[]> {
    const items: T[] = [];
    for (let page: string | undefined = ''; page !== undefined;) {
      const separator = page === '' ? '' : `&page=${encodeURIComponent(page)}`;
      const answer: Page<T> = await this.call(
        'GET',
        `${list}?limit=1000${query === '' ? '' : `&${query}`}${separator}`,
      );
      items.push(...answer.items);
      page = answer.nextPage;
    }
    return items;
  }
}
