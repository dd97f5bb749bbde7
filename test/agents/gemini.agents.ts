import { describeAgent } from './suite.ts';

describeAgent('gemini', {
  streams: true,
  counts: 'run',
  endings: {
    400: 'invalid-request',
    401: 'not-logged-in',
    429: 'rate-limited',
    500: 'overloaded',
    cut: 'overloaded',
    refused: 'overloaded',
  },
  looking: ['glob', 'grep_search', 'list_directory', 'read_file'],
  untrusted: [],
  patienceMs: 60_000,
  staleId: '00000000-0000-4000-8000-000000000000',
});
