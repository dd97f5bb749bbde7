import { extname } from 'node:path';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { packagePath } from '../../../lib/package-root.ts';
import { type Asset, createAssets } from './assets.ts';

const index = '/index.html';

/**
 * The pages of `public/` and the libraries under `/vendor/`, with ETags, so that a reload asks and is told 304. An address
 * without a dot that is no file is the page itself, which reads where it is.
 */
export function pageRoutes(): Router {
  const router = Router();
  const find = createAssets(packagePath('public'));
  router.get(/.*/, async (request, response, next) => {
    const address = request.path.includes('.') ? request.path : index;
    const asset = await find(address);
    if (asset === undefined) next();
    else send(request, response, extname(address), asset);
  });
  router.use(notFound);
  return router;
}

function send(request: Request, response: Response, extension: string, { body, brotli, etag }: Asset): void {
  const takesBrotli = request.acceptsEncodings('br') === 'br';
  response.set({ etag, 'cache-control': 'no-cache' }).vary('accept-encoding').type(extension);
  if (takesBrotli) response.set('content-encoding', 'br');
  response.send(takesBrotli ? brotli : body);
}

const notFound: RequestHandler = (_, response) => {
  response.status(404).json({ error: { code: 'NOT_FOUND', message: 'there is nothing at this address' } });
};
