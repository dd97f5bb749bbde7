import express, { type Request, type Response, Router } from 'express';
import type { Dispatch } from '../../../lib/operations/dispatch.ts';
import type { OperationTable } from '../../../lib/operations/operation.ts';

const maxBodyBytes = 1024 * 1024;

/**
 * Every operation of the table at its place below `/api`; the fields of the input come from path, query and body, in this
 * order of strength. Those that only other faces may ask for have no place there.
 */
export function apiRoutes(table: OperationTable, dispatch: Dispatch): Router {
  const router = Router();
  router.use(express.json({ limit: maxBodyBytes, strict: true }));
  for (const [name, { method, path, faces }] of Object.entries(table)) {
    if (faces !== undefined && !faces.includes('api')) continue;
    const handle = (request: Request, response: Response): Promise<void> =>
      answer(dispatch, name, request, response);
    router.route(path)[method.toLowerCase() as Lowercase<typeof method>](handle);
  }
  router.use(({ method, path }, response) => {
    const message = `the API has no ${method} ${path}`;
    response.status(404).json({ error: { code: 'NOT_FOUND', message } });
  });
  return router;
}

async function answer(
  dispatch: Dispatch,
  name: string,
  { params, query, body, headers }: Request,
  response: Response,
): Promise<void> {
  const sent: unknown = body ?? {};
  const input = isObject(sent) ? { ...sent, ...query, ...params } : sent;
  const by = headers.authorization === undefined ? 'dashboard' : 'api';
  const { status, answer } = await dispatch(name, input, { by });
  if (answer.ok) response.json(answer.data);
  else response.status(status).json({ error: answer.error });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
