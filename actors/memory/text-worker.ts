import { prepareText } from '../../src/memory/keep/prepare-text.ts';
import { serveThread } from '../threads/serve-thread.ts';

serveThread((text: string) => prepareText(text));
