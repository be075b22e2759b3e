import { hostname } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import type { HubConfig } from '../config/settings.ts';
import { CONFIG } from '../tokens.ts';

const wildcards = new Set(['0.0.0.0', '::', '[::]']);

/** Where agents are told to come. Ports that were left to the system are known once the hub listens. */
@Injectable()
export class Advertised {
  readonly #config: HubConfig;
  #sessionPort = 0;
  #enrolmentPort = 0;

  constructor(@Inject(CONFIG) config: HubConfig) {
    this.#config = config;
  }

  listening(ports: { readonly sessions: number; readonly enrolment: number }): void {
    this.#sessionPort = ports.sessions;
    this.#enrolmentPort = ports.enrolment;
  }

  /** `host:port` */
  get sessions(): string {
    return this.#config['session-address'] ?? `${this.#host}:${this.#sessionPort}`;
  }

  /** `host:port` */
  get enrolment(): string {
    return this.#config['enrolment-address'] ?? `${this.#host}:${this.#enrolmentPort}`;
  }

  get #host(): string {
    const host = this.#config['listen-host'];
    if (wildcards.has(host)) return hostname();
    return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  }
}
