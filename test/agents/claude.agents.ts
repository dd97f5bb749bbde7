import { describeAgent } from './suite.ts';

// What is more about it stands in test/claude.
describeAgent('claude', {
  streams: true,
  counts: 'session',
  endings: {
    400: 'invalid-request',
    401: 'not-logged-in',
    429: 'rate-limited',
    500: 'overloaded',
    cut: 'overloaded',
    refused: 'overloaded',
  },
  // It shows what it will refuse.
  looking: [
    ...['Agent', 'Bash', 'DeferredToolPlaceholder', 'Edit', 'Glob', 'Grep', 'ListAgents', 'Read'],
    ...['ReportFindings', 'Skill', 'ToolSearch', 'Workflow', 'Write'],
  ],
  untrusted: [],
  permissions: 'parts of tools too',
  patienceMs: 60_000,
  staleId: '00000000-0000-4000-8000-000000000000',
});
