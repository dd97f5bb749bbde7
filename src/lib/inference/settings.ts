import { absolutePath, flag, milliseconds, modelName, orNull, setting, webUrl } from '../config/setting.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Settings of the models. */
export const inferenceSettings = {
  'inference.modelsDir': setting(orNull(absolutePath), null, {
    description:
      'Folder with models, each in `<organisation>/<name>` as on the hub; it is looked into before `models` in the home and before the hub.',
    env: 'NINJAD_MODELS_DIR',
    hot: false,
  }),
  'inference.embedder': setting(orNull(modelName), 'Xenova/bge-small-en-v1.5', {
    description:
      'The model that makes vectors of texts (BERT-like, ONNX). Null leaves it to the built-in encoder or, without that, to the lexical embedder.',
    hot: false,
  }),
  'inference.builtIn': setting(flag, true, {
    description:
      'Whether the small English encoder that the build makes serves while the embedder is not there; it takes about 200 MB.',
    env: 'NINJAD_BUILT_IN',
    hot: false,
  }),
  'inference.reranker': setting(orNull(modelName), 'Xenova/bge-reranker-base', {
    description: 'The cross-encoder that orders what recall has found. Null leaves the order as found.',
    hot: false,
  }),
  'inference.ner': setting(orNull(modelName), 'Xenova/bert-base-NER', {
    description: 'The model that finds names of people, organisations and places. Null does without.',
    hot: false,
  }),
  'inference.allowDownload': setting(flag, true, {
    description:
      'Whether models that are not on this machine are downloaded, once, into `models` in the home.',
    env: 'NINJAD_ALLOW_DOWNLOAD',
    hot: false,
  }),
  'inference.hub': setting(webUrl, 'https://huggingface.co', {
    description: 'Where models are downloaded from; a mirror of the Hugging Face hub will do.',
    env: 'HF_ENDPOINT',
    hot: false,
  }),
  'inference.deadlineMs': setting(milliseconds(SECOND, 10 * MINUTE), 30 * SECOND, {
    description:
      'How long the models may take over one batch before their process counts as hung and is ended.',
    hot: false,
  }),
};
