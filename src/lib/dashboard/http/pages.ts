import express, { type RequestHandler, Router } from 'express';
import { packagePath } from '../../package-root.ts';
import { vendorPath } from './vendor.ts';

const index = 'index.html';

/**
 * The pages of `public/` and the libraries under `/vendor/`, with ETags, so that a reload asks and is told 304. An address
 * without a dot that is no file is the page itself, which reads where it is.
 */
export function pageRoutes(): Router {
  const router = Router();
  const root = packagePath('public');
  router.get('/vendor/:name', (request, response, next) => {
    const path = vendorPath(request.params.name);
    if (path === undefined) next();
    // A home or a package may lie below a folder with a dot.
    else response.sendFile(path, { dotfiles: 'allow', cacheControl: false, headers: revalidate });
  });
  router.use(
    express.static(root, {
      index,
      cacheControl: false,
      setHeaders: (response) => void response.setHeader('cache-control', 'no-cache'),
    }),
  );
  router.get(/^\/[^.]*$/, (_, response) => {
    response.sendFile(index, { root, cacheControl: false, headers: revalidate });
  });
  router.use(notFound);
  return router;
}

const revalidate = { 'cache-control': 'no-cache' };

const notFound: RequestHandler = (_, response) => {
  response.status(404).json({ error: { code: 'NOT_FOUND', message: 'there is nothing at this address' } });
};
