import { describeAgent } from './suite.ts';

describeAgent('opencode', {
  streams: false,
  counts: 'run',
  endings: {
    400: 'invalid-request',
    401: 'not-logged-in',
    429: 'silence',
    500: 'silence',
    cut: 'silence',
    refused: 'silence',
  },
  looking: ['glob', 'grep', 'read'],
  untrusted: [],
  patienceMs: 30_000,
  staleId: 'ses_000000000000000000000000',
});
