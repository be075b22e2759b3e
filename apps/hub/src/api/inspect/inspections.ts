import { FleetQueries, ClusterRepository } from '@muster/store';
import { type AgentRequest, readParts } from '@muster/transport';
import type { InspectPart } from '@muster/contracts';
import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { API_CONTEXT, type ApiContext } from '../api-context.ts';
import { Problem } from '../problem.ts';
import { agentProblem, notConnected } from './agent-problem.ts';
import { bounded } from './bounded.ts';
import { relay, relayedHeader } from './relay.ts';

export interface Question {
  readonly cluster: string;
  readonly bundle: string;
  readonly request: AgentRequest;
}

const maxOpen = 500;
/** The largest that agents give is a tree of 2,000 objects, or an object of 4 MiB; of differences there may be more. */
const maxAnswerBytes = 32 * 1024 * 1024;

/** Asks the agents of clusters what is there, wherever their sessions are. */
@Injectable()
export class Inspections implements BeforeApplicationShutdown {
  readonly #context: ApiContext;
  readonly #queries: FleetQueries;
  readonly #clusters: ClusterRepository;
  readonly #open = new Set<AbortController>();
  #isClosing = false;

  constructor(@Inject(API_CONTEXT) context: ApiContext, @Inject(FleetQueries) queries: FleetQueries) {
    this.#context = context;
    this.#queries = queries;
    this.#clusters = new ClusterRepository(context.sql);
  }

  /** Called before the server closes, which waits for all open answers. */
  beforeApplicationShutdown(): void {
    this.#isClosing = true;
    for (const stop of this.#open) stop.abort();
  }

  /**
   * Asks, and has `answer` send what the agent says; where the session is at another replica, that replica answers.
   * `withinMs`: what it may take; Infinity for as long as the client listens. Rejects with a `Problem`, but not once `answer` has begun to
   * send.
   */
  async ask(
    question: Question,
    http: { readonly request: FastifyRequest; readonly reply: FastifyReply },
    withinMs: number,
    answer: (parts: AsyncIterable<readonly InspectPart[]>, signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    if (this.#isClosing) throw new Problem(503, 'The hub is stopping. Try again.');
    if (this.#open.size >= maxOpen)
      throw new Problem(503, `The hub asks clusters ${maxOpen} things already. Try again later.`);
    const stop = new AbortController();
    const onGone = (): void => stop.abort();
    this.#open.add(stop);
    http.reply.raw.once('close', onGone);
    // Who left while the token was looked at is not told of any more.
    if (http.reply.raw.destroyed) stop.abort();
    try {
      const inTime = Number.isFinite(withinMs) ? [AbortSignal.timeout(withinMs)] : [];
      await this.#ask(question, http, withinMs, answer, AbortSignal.any([stop.signal, ...inTime]));
    } catch (error) {
      if (stop.signal.aborted && !this.#isClosing) return;
      throw stop.signal.aborted ? new Problem(503, 'The hub is stopping. Try again.') : error;
    } finally {
      http.reply.raw.off('close', onGone);
      this.#open.delete(stop);
    }
  }

  async #ask(
    { cluster: name, bundle, request }: Question,
    http: { readonly request: FastifyRequest; readonly reply: FastifyReply },
    withinMs: number,
    answer: (parts: AsyncIterable<readonly InspectPart[]>, signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const cluster = await this.#clusters.byName(name);
    if (cluster === undefined || (await this.#queries.assignment(name, bundle)) === undefined)
      throw new Problem(404, `Bundle "${bundle}" is not assigned to cluster "${name}".`);
    const place = await this.#context.locate(cluster.id);
    if (place.where === 'here') {
      const { agentVersion } = place.session.hello;
      try {
        const chunks = place.session.request(request, { signal });
        // What has an end is kept until it is whole; all else goes on to the client as it comes.
        const kept = Number.isFinite(withinMs) ? bounded(chunks, maxAnswerBytes) : chunks;
        await answer(readParts(kept), signal);
      } catch (error) {
        throw agentProblem(error, name, agentVersion, withinMs);
      }
    } else if (place.where === 'nowhere' || http.request.headers[relayedHeader] !== undefined) {
      throw notConnected(name);
    } else if (place.address === undefined) {
      throw new Problem(
        503,
        'The session of this cluster is at a replica of the hub that is starting. Try again.',
      );
    } else {
      await relay(http.request, http.reply, place.address, signal);
    }
  }
}
