import { z } from 'zod';
import { noticesSeenBody } from '../../control/requests.ts';
import * as inputs from './inputs.ts';

/** An operation: where scripts find it over HTTP (below `/api`), and what it takes. */
export interface Operation<Input extends z.ZodType = z.ZodType> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** An Express path whose parameters, query and body are the fields of the input. */
  path: string;
  input: Input;
}

/** All that a page or a script may ask for. What is no GET changes something and is written into the activity log. */
export const operations = {
  'hello.get': get('/hello', inputs.nothing),
  'now.get': get('/now', inputs.nothing),
  'now.history': get('/now/history', inputs.nothing),

  'events.list': get('/events', inputs.eventsInput),
  'event.get': get('/events/:id', inputs.byId),
  'event.replay': post('/events/:id/replay', inputs.byId),
  'events.explain': post('/events/explain', inputs.explainInput),

  'tasks.list': get('/tasks', inputs.tasksInput),
  'task.get': get('/tasks/:id', inputs.byId),
  'task.cancel': post('/tasks/:id/cancel', inputs.byId),
  'task.retry': post('/tasks/:id/retry', inputs.byId),
  'task.steer': post('/tasks/:id/steer', inputs.steerInput),

  'chat.conversations': get('/conversations', z.strictObject({ limit: inputs.limit })),
  'chat.turns': get('/conversations/:conversation/turns', inputs.chatTurnsInput),
  'chat.send': post('/conversations/:conversation/messages', inputs.chatSendInput),
  'chat.read': post('/conversations/:conversation/read', inputs.chatReadInput),

  'memory.search': get('/memories/search', inputs.memorySearchInput),
  'memories.list': get('/memories', inputs.memoriesInput),
  'memory.get': get('/memories/:id', inputs.byId),
  'memory.add': post('/memories', inputs.memoryAddInput),
  'memory.edit': { method: 'PATCH', path: '/memories/:id', input: inputs.memoryEditInput },
  'memory.pin': { method: 'PUT', path: '/memories/:id/pin', input: inputs.memoryPinInput },
  'memory.forget': { method: 'DELETE', path: '/memories/:id', input: inputs.byId },
  'models.get': get('/models', inputs.nothing),

  'graph.get': get('/graph', inputs.graphInput),
  'entities.search': get('/entities', inputs.entitiesInput),
  'entity.get': get('/entities/:id', inputs.byId),

  'wishes.list': get('/wishes', inputs.wishesInput),
  'wish.get': get('/wishes/:id', inputs.byId),
  'wish.add': post('/wishes', inputs.wishAddInput),
  'wish.decide': post('/wishes/:id/decision', inputs.wishDecideInput),
  'findings.list': get('/findings', inputs.findingsInput),
  'finding.decide': post('/findings/:id/decision', inputs.findingDecideInput),
  'goals.list': get('/goals', inputs.nothing),
  'goal.run': post('/goals/:id/run', inputs.byId),
  'goal.pause': post('/goals/:id/pause', inputs.goalPauseInput),
  'fleet.list': get('/fleet', inputs.nothing),

  'config.list': get('/config', inputs.nothing),
  'config.set': { method: 'PUT', path: '/config/:key', input: inputs.configSetInput },
  'config.unset': { method: 'DELETE', path: '/config/:key', input: inputs.configUnsetInput },
  'activity.list': get('/activity', inputs.activityInput),
  'notices.list': get('/notices', inputs.noticesInput),
  'notices.see': post('/notices/seen', noticesSeenBody),
  'cost.get': get('/cost', inputs.costInput),

  'tree.get': get('/tree', inputs.nothing),
  'tree.actor': get('/tree/actor', inputs.actorInput),
} as const satisfies Record<string, Operation>;

export type Operations = typeof operations;
export type OperationName = keyof Operations;

/** What an operation is given, checked and with its defaults. */
export type InputOf<Name extends OperationName> = z.output<Operations[Name]['input']>;

/** What a page sends for it. */
export type RequestOf<Name extends OperationName> = z.input<Operations[Name]['input']>;

function get<Input extends z.ZodType>(path: string, input: Input) {
  return { method: 'GET' as const, path, input };
}

function post<Input extends z.ZodType>(path: string, input: Input) {
  return { method: 'POST' as const, path, input };
}
