#!/usr/bin/env node
import { openNoDebugger } from './lib/process/no-debugger.ts';

openNoDebugger();
const args = process.argv.slice(2);
// The agent of each task waits for this one: it goes past the command line, which takes five times as long to load.
if (args.length === 1 && args[0] === 'mcp') await (await import('./cli/serve-task.ts')).serveTask();
else await (await import('./cli/run.ts')).run(args);
