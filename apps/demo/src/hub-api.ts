import { readFile } from 'node:fs/promises';
import type { Assignment, Cluster, FleetStatus, NewJoinToken, Page, Revision } from '@muster/api';

/** The few calls of the hub's HTTP API that the demo makes. */
export class HubApi {
  private readonly url: string;
  private readonly tokenFile: string;

  constructor(url: string, tokenFile: string) {
    this.url = url;
    this.tokenFile = tokenFile;
  }

  async clusters(): Promise<readonly Cluster[]> {
    return (await this.get<Page<Cluster>>('clusters?limit=1000')).items;
  }

  async revisions(): Promise<readonly Revision[]> {
    return (await this.get<Page<Revision>>('revisions?limit=20')).items;
  }

  async assignmentsOf(revision: string): Promise<readonly Assignment[]> {
    return (await this.get<Page<Assignment>>(`assignments?limit=1000&revision=${revision}`)).items;
  }

  status(): Promise<FleetStatus> {
    return this.get('status');
  }

  joinToken(name: string, labels: Readonly<Record<string, string>>): Promise<NewJoinToken> {
    return this.call('POST', 'join-tokens', { name, labels });
  }

  /** True once the hub takes requests. */
  async ready(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/readyz`)).ok;
    } catch {
      return false;
    }
  }

  private get<T>(path: string): Promise<T> {
    return this.call('GET', path);
  }

  private async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const token = (await readFile(this.tokenFile, 'utf8')).trim();
    const answer = await fetch(`${this.url}/api/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}
