import { prepareText } from '../../src/lib/remember/prepare-text.ts';
import { serveThread } from '../serve-thread.ts';

serveThread((text: string) => prepareText(text));
