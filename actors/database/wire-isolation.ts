import { type Frame, frameType, framesOf, queryFrame, stringAt } from './wire-frames.ts';
import { messageOf } from '../../src/lib/errors.ts';
import { textOfGroup } from './wire-listeners.ts';
import type { WireClient } from './wire-client.ts';

/**
 * Keeps what a client has set in the one session below from every other: settings, role, temporary tables, statements
 * prepared by PREPARE. What a client has set is taken away when another one's turn comes, and given back on its own.
 * The daemon's own connections set nothing and are passed over, so that nothing of this costs them anything.
 */
export interface SessionKeeper {
  /** Makes the session this client's; `refusal` first. */
  enter(client: WireClient): Promise<void>;
  /** Why one session for all cannot do what this group asks for, in a sentence; undefined where it can. */
  refusal(client: WireClient, group: readonly Frame[]): string | undefined;
  /** Takes away all that is left of a client that has gone, whose transaction has ended. */
  leave(client: WireClient): Promise<void>;
}

/** Runs a group of messages in the session and resolves to its raw answer. */
export type RunHidden = (group: Buffer) => Promise<Buffer>;

interface OwnState {
  settings: ReadonlyMap<string, string>;
  sessionUser: string;
  role: string;
  /** The texts of its PREPARE statements. */
  prepared: ReadonlyMap<string, string>;
}

/** See `SessionKeeper`. */
export function createSessionKeeper(run: RunHidden): SessionKeeper {
  const states = new Map<WireClient, OwnState>();
  const customNames = new Map<WireClient, Set<string>>();
  /** Whose state the session is in; undefined after its client has left. */
  let present: WireClient | undefined;
  /** There is something in the session to be taken away. */
  let isSet = false;
  let tempOwner: WireClient | undefined;

  async function ask(sql: string): Promise<string[][]> {
    return rowsOf(await run(queryFrame(sql)));
  }

  async function save(client: WireClient): Promise<void> {
    const rows = await ask(stateQuery(customNames.get(client) ?? []));
    const of = (kind: string) => rows.filter(([found]) => found === kind);
    const pairs = (kind: string) => new Map(of(kind).map(([, name = '', value = '']) => [name, value]));
    const settings = pairs('setting');
    const path = settings.get('search_path');
    if (path !== undefined && isGuarded(client))
      settings.set('search_path', path.replace(/,? *pg_temp$/, ''));
    if (of('temp').length > 0) tempOwner ??= client;
    else if (tempOwner === client) tempOwner = undefined;
    const [, sessionUser = '', role = 'none'] = of('role')[0] ?? [];
    const state: OwnState = { settings, sessionUser, role, prepared: pairs('prepared') };
    const isBare =
      settings.size === 0 && sessionUser === superuser && role === 'none' && state.prepared.size === 0;
    if (isBare) states.delete(client);
    else states.set(client, state);
    isSet ||= !isBare;
  }

  /** Temporary tables are looked up before all others, unless the path names them: then they come where it does. */
  const isGuarded = (client: WireClient): boolean => tempOwner !== undefined && tempOwner !== client;

  async function saveOrEnd(client: WireClient): Promise<void> {
    try {
      await save(client);
    } catch (thrown) {
      isSet = true;
      states.delete(client);
      client.fail('57P01', `this connection could not be kept apart from others: ${messageOf(thrown)}`);
    }
  }

  async function clear(): Promise<void> {
    if (!isSet) return;
    // By themselves and first: what a client has set may stand in the way of everything else.
    // PGlite does not know whom RESET would go back to.
    await ask(`SET SESSION AUTHORIZATION ${superuser}`);
    await ask('SET ROLE NONE');
    await ask('RESET ALL');
    const prepared = await ask('SELECT name FROM pg_prepared_statements WHERE from_sql');
    for (const [name = ''] of prepared) await ask(`DEALLOCATE ${identifier(name)}`);
    isSet = false;
  }

  async function apply(client: WireClient): Promise<void> {
    const state = states.get(client);
    const statements = [
      ...[...(state?.settings ?? [])].map(([name, value]) => setting(name, literal(value))),
      ...(isGuarded(client)
        ? [setting('search_path', `concat_ws(', ', nullif(current_setting('search_path'), ''), 'pg_temp')`)]
        : []),
      ...(state?.prepared.values() ?? []),
      ...(state === undefined || state.sessionUser === superuser
        ? []
        : [`SET SESSION AUTHORIZATION ${identifier(state.sessionUser)}`]),
      ...(state === undefined || state.role === 'none' ? [] : [`SET ROLE ${identifier(state.role)}`]),
    ];
    if (statements.length === 0) return;
    isSet = true;
    for (const statement of statements) await ask(statement);
  }

  return {
    async enter(client) {
      if (present === client) return;
      const last = present;
      present = undefined;
      if (last !== undefined && !last.isDaemon) await saveOrEnd(last);
      await clear();
      present = client;
      await apply(client);
    },

    refusal(client, group) {
      if (client.isDaemon) return undefined;
      const text = textOfGroup(group);
      for (const [, name = ''] of text.matchAll(customSetting)) {
        const names = customNames.get(client) ?? new Set();
        customNames.set(client, names.add(name.toLowerCase()));
      }
      if (sessionLock.test(text))
        return 'the embedded database has one session for all, in which such a lock would lock nobody out; take pg_advisory_xact_lock inside a transaction';
      if (tempOwner === undefined || tempOwner === client || !touchesTemp.test(text)) return undefined;
      return 'another connection has temporary tables, and the embedded database has one session for all; wait until it has left, or use a table';
    },

    async leave(client) {
      const wasPresent = present === client;
      if (wasPresent && !client.isDaemon) {
        isSet = true;
        await clear();
        await ask('CLOSE ALL');
      }
      if (wasPresent) present = undefined;
      // Its last turn may have made some, and nobody has looked since.
      if (tempOwner === client || (wasPresent && tempOwner === undefined && !client.isDaemon)) {
        await ask('DISCARD TEMP');
        tempOwner = undefined;
      }
      states.delete(client);
      customNames.delete(client);
    },
  };
}

const superuser = 'postgres';

/** A name with a dot in it is nobody's in particular: the list of settings does not have it. */
const customSetting = /\bset\s+(?:session\s+)?([a-z_]\w*\.[a-z_][\w.]*)/gi;
const sessionLock = /\bpg_(try_)?advisory_lock(_shared)?\s*\(/i;
const touchesTemp = /\b(create|into)\b[^;]*\btemp(orary)?\b|\bpg_temp\b|\bdiscard\s+(all|temp)/i;

function stateQuery(customNames: Iterable<string>): string {
  const custom = [...customNames].map(
    (name) =>
      `UNION ALL SELECT 'setting', ${literal(name)}, pg_catalog.current_setting(${literal(name)}, true)`,
  );
  return `
    SELECT 'setting', name, setting FROM pg_catalog.pg_settings WHERE source = 'session'
    UNION ALL SELECT 'prepared', name, statement FROM pg_catalog.pg_prepared_statements WHERE from_sql
    UNION ALL SELECT 'role', session_user::text, pg_catalog.current_setting('role')
    UNION ALL SELECT 'temp', '', '' WHERE EXISTS (
      SELECT FROM pg_catalog.pg_class WHERE relnamespace = pg_catalog.pg_my_temp_schema())
    ${custom.join('\n')}`;
}

function setting(name: string, value: string): string {
  return `SELECT pg_catalog.set_config(${literal(name)}, ${value}, false)`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The rows of an answer to a simple query, as texts; throws what Postgres says where it refuses. */
function rowsOf(answer: Buffer): string[][] {
  const rows: string[][] = [];
  for (const message of framesOf(answer)) {
    if (frameType(message) === 'E') throw new Error(complaintOf(message));
    if (frameType(message) === 'D') rows.push(fieldsOf(message));
  }
  return rows;
}

function fieldsOf(row: Frame): string[] {
  const fields: string[] = [];
  let at = 7;
  for (let left = row.readInt16BE(5); left > 0; left--) {
    const length = row.readInt32BE(at);
    at += 4;
    fields.push(length < 0 ? '' : row.toString('utf8', at, at + length));
    at += Math.max(0, length);
  }
  return fields;
}

/** The message of an ErrorResponse, whose fields are a letter and a string each. */
function complaintOf(error: Frame): string {
  for (let at = 5; error[at] !== 0 && at < error.length;) {
    const { text, end } = stringAt(error, at + 1);
    if (error[at] === 'M'.charCodeAt(0)) return text;
    at = end;
  }
  return 'no reason given';
}
