import { Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import {
  type BundleDifferences,
  type BundleTree,
  type KubernetesEvents,
  type LiveObject,
  LogsQuery,
  ObjectQuery,
} from '@muster/api';
import type { InspectPart } from '@muster/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiController } from '../api-controller.ts';
import { agentProblem } from '../inspect/agent-problem.ts';
import { Inspections, type Question } from '../inspect/inspections.ts';
import { streamLog } from '../inspect/log-stream.ts';
import { kubernetesEvent, liveDifference, treeNode } from '../inspect/parts.ts';
import { Problem } from '../problem.ts';
import { plain } from '../../status/status-row.ts';
import { readQuery } from '../validation.ts';

/** What is in a cluster now, by the word of its agent. */
@ApiController('assignments/:cluster/:bundle')
export class InspectController {
  readonly #inspections: Inspections;

  constructor(@Inject(Inspections) inspections: Inspections) {
    this.#inspections = inspections;
  }

  @Get('tree')
  async tree(@Param() of: Of, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const question: Question = { ...of, request: { $case: 'inspectTree', value: { bundle: of.bundle } } };
    await this.#answer(question, request, reply, (parts): BundleTree => {
      const nodes = parts.flatMap(({ part }) => (part?.$case === 'node' ? [treeNode(part.value)] : []));
      return { ...of, nodes, notices: noticesOf(parts) };
    });
  }

  @Get('object')
  async object(
    @Param() of: Of,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const value = { bundle: of.bundle, object: readQuery(ObjectQuery, query) };
    const question: Question = { ...of, request: { $case: 'inspectObject', value } };
    await this.#answer(question, request, reply, (parts): LiveObject => {
      const found = parts.find(({ part }) => part?.$case === 'object')?.part;
      if (found?.$case !== 'object') throw new Problem(502, 'The agent gave no object.');
      const json = found.value.json.toString('utf8');
      return { ...of, node: treeNode(found.value.node), object: json === '' ? null : parseObject(json) };
    });
  }

  @Get('differences')
  async differences(
    @Param() of: Of,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const value = { bundle: of.bundle, object: readQuery(ObjectQuery, query) };
    const question: Question = { ...of, request: { $case: 'inspectDifferences', value } };
    await this.#answer(
      question,
      request,
      reply,
      (parts): BundleDifferences => {
        const differences = parts.flatMap(({ part }) =>
          part?.$case === 'difference' ? [liveDifference(part.value)] : [],
        );
        return { ...of, differences, notices: noticesOf(parts) };
      },
      dryRunsMs,
    );
  }

  @Get('events')
  async events(
    @Param() of: Of,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const value = { bundle: of.bundle, object: readQuery(ObjectQuery, query) };
    const question: Question = { ...of, request: { $case: 'inspectEvents', value } };
    await this.#answer(question, request, reply, (parts): KubernetesEvents => {
      const events = parts.flatMap(({ part }) =>
        part?.$case === 'event' ? [kubernetesEvent(part.value)] : [],
      );
      return { ...of, events, notices: noticesOf(parts) };
    });
  }

  @Get('logs')
  async logs(
    @Param() of: Of,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { group, kind, namespace, name, ...what } = readQuery(LogsQuery, query);
    const value = { bundle: of.bundle, object: { group, kind, namespace, name }, ...what };
    const question: Question = { ...of, request: { $case: 'inspectLogs', value } };
    const explain = (error: unknown): unknown => agentProblem(error, of.cluster, '', 0);
    await this.#inspections.ask(question, { request, reply }, Infinity, (parts, signal) =>
      streamLog(reply, parts, explain, signal),
    );
  }

  async #answer(
    question: Question,
    request: FastifyRequest,
    reply: FastifyReply,
    toBody: (parts: readonly InspectPart[]) => unknown,
    withinMs = answerMs,
  ): Promise<void> {
    await this.#inspections.ask(question, { request, reply }, withinMs, async (parts) => {
      const all: InspectPart[] = [];
      for await (const some of parts) for (const part of some) all.push(part);
      await reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(toBody(all)));
    });
  }
}

/** What an agent is given for an answer. */
const answerMs = 30_000;
/** Two requests for each object; a client waits a minute. */
const dryRunsMs = 55_000;

interface Of {
  readonly cluster: string;
  readonly bundle: string;
}

function noticesOf(parts: readonly InspectPart[]): string[] {
  return parts.flatMap(({ part }) => (part?.$case === 'notice' ? [plain(part.value)] : []));
}

function parseObject(json: string): Record<string, unknown> {
  try {
    return JSON.parse(json) as Record<string, unknown>;
  } catch {
    throw new Problem(502, "The agent gave an object that can't be read.");
  }
}
