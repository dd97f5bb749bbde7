/** What a server says of itself and of its tools, and how it calls one. */
export interface ToolServer {
  name: string;
  version: string;
  tools: readonly ToolDefinition[];
  /** Resolves to the answer for the model; what it rejects with is told to the model as an error of the tool. */
  call(tool: string, input: unknown): Promise<string>;
}

/** A tool as `tools/list` shows it; the schema is JSON Schema. */
export interface ToolDefinition {
  name: string;
  title: string;
  description: string;
  inputSchema: Readonly<Record<string, unknown>>;
}

/** An answer of JSON-RPC 2.0, ready to be written. */
export type Answer = { jsonrpc: '2.0'; id: Id | null } & (
  { result: unknown } | { error: { code: number; message: string } }
);

type Id = string | number;

interface Message {
  id?: unknown;
  method?: unknown;
  params?: unknown;
}

/** Versions of the protocol whose tools are alike, newest first. */
const versions = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;

const codes = { parse: -32700, request: -32600, method: -32601, params: -32602 } as const;

/** Reads one line; a text that is no JSON is refused with the code of JSON-RPC for it. */
export function readLine(line: string): { message: unknown } | { refusal: Answer } {
  try {
    return { message: JSON.parse(line) as unknown };
  } catch (thrown) {
    return { refusal: refusal(null, codes.parse, `Parse error: ${String(thrown)}`) };
  }
}

/** Refuses what is no message, such as a line that is too long. */
export function refuseMessage(why: string): Answer {
  return refusal(null, codes.request, `Invalid Request: ${why}`);
}

/**
 * Answers one message of the Model Context Protocol; undefined where none is due: notifications, and answers to requests
 * that were never made. Never rejects.
 */
export async function answerMessage(server: ToolServer, message: unknown): Promise<Answer | undefined> {
  if (!isMessage(message)) return refuseMessage('expected a JSON-RPC 2.0 message');
  const { id, method, params } = message;
  if (typeof method !== 'string')
    return 'result' in message || 'error' in message
      ? undefined
      : refuseMessage('expected a JSON-RPC 2.0 message');
  if (id === undefined) return undefined;
  if (!isId(id)) return refuseMessage('expected a string or a whole number as id');
  const given = isRecord(params) ? params : {};
  switch (method) {
    case 'initialize':
      return { jsonrpc: '2.0', id, result: introduction(server, given['protocolVersion']) };
    case 'ping':
      return { jsonrpc: '2.0', id, result: {} };
    case 'tools/list':
      return { jsonrpc: '2.0', id, result: { tools: server.tools } };
    case 'tools/call':
      return callTool(server, id, given);
    default:
      return refusal(id, codes.method, `Method not found: ${method.slice(0, 100)}`);
  }
}

function introduction({ name, version }: ToolServer, wanted: unknown) {
  const protocolVersion = versions.find((known) => known === wanted) ?? versions[0];
  return { protocolVersion, capabilities: { tools: {} }, serverInfo: { name, version } };
}

async function callTool(server: ToolServer, id: Id, params: Record<string, unknown>): Promise<Answer> {
  const { name } = params;
  if (typeof name !== 'string' || !server.tools.some((tool) => tool.name === name))
    return refusal(id, codes.params, `Unknown tool: ${String(name).slice(0, 100)}`);
  try {
    const text = await server.call(name, params['arguments'] ?? {});
    return { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }] } };
  } catch (thrown) {
    const text = thrown instanceof Error ? thrown.message : String(thrown);
    return { jsonrpc: '2.0', id, result: { isError: true, content: [{ type: 'text', text }] } };
  }
}

function refusal(id: Id | null, code: number, message: string): Answer {
  return { jsonrpc: '2.0', id, error: { code, message } };
}

function isMessage(message: unknown): message is Message {
  return isRecord(message) && message['jsonrpc'] === '2.0';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isId(id: unknown): id is Id {
  return typeof id === 'string' || (typeof id === 'number' && Number.isInteger(id));
}
