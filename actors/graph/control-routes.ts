import type { Express } from 'express';
import { readRequest } from '../../src/lib/control/requests.ts';
import type { GraphDesk } from '../../src/lib/graph/desk.ts';
import {
  entitiesQuery,
  entityRef,
  forgetBody,
  ignoredQuery,
  mergeBody,
  pictureQuery,
  renameBody,
  splitBody,
  teachBody,
} from '../../src/lib/graph/requests.ts';

/** The knowledge graph on the control server. `:ref` is an entity's number or one of its names. */
export function addGraphRoutes(app: Express, graph: GraphDesk): void {
  app.get('/v1/graph', async ({ query }, response) => {
    response.json(await graph.picture(readRequest(pictureQuery, query)));
  });
  app.get('/v1/entities', async ({ query }, response) => {
    response.json(await graph.search(readRequest(entitiesQuery, query)));
  });
  app.post('/v1/entities', async ({ body }, response) => {
    response.json(await graph.teach(readRequest(teachBody, body)));
  });
  app.get('/v1/ignored-entities', async ({ query }, response) => {
    response.json(await graph.ignored(readRequest(ignoredQuery, query).limit));
  });
  app.get('/v1/entities/:ref', async ({ params }, response) => {
    response.json(await graph.entity(readRequest(entityRef, params.ref)));
  });
  app.post('/v1/entities/:ref/merge', async ({ params, body }, response) => {
    response.json(await graph.merge(readRequest(entityRef, params.ref), readRequest(mergeBody, body).into));
  });
  app.post('/v1/entities/:ref/split', async ({ params, body }, response) => {
    response.json(
      await graph.split(readRequest(entityRef, params.ref), readRequest(splitBody, body).aliases),
    );
  });
  app.post('/v1/entities/:ref/rename', async ({ params, body }, response) => {
    response.json(await graph.rename(readRequest(entityRef, params.ref), readRequest(renameBody, body).name));
  });
  app.post('/v1/entities/:ref/forget', async ({ params, body }, response) => {
    response.json(await graph.forget(readRequest(entityRef, params.ref), readRequest(forgetBody, body)));
  });
}
