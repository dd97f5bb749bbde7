import { type Frame, frame, frameType, stringAt } from './wire-frames.ts';

/** Knowledge about prepared statements that all connections of one session share. */
export interface SharedStatements {
  /** Goes up when a client threw away everybody's statements (DISCARD ALL, DEALLOCATE ALL). */
  generation: number;
  /** The connection whose unnamed statement the session holds now. */
  unnamedOwner: StatementScope | undefined;
}

/** A group as the session gets it. */
interface CompiledGroup {
  bytes: Buffer;
  /** Parse messages that were put in front; as many ParseComplete answers are not for the client. */
  parsesAdded: number;
}

/** The prepared statements of one connection, kept apart from those of the others in the one session below. */
export interface StatementScope {
  compile(group: readonly Frame[]): CompiledGroup;
  /** The frames that close every statement of this connection. */
  closeAll(): Frame[];
}

interface Prepared {
  parse: Frame;
  generation: number;
}

/**
 * Without this the embedded session would sit waiting for COPY data that cannot reach it, and die.
 * Outside of COPY the backend ignores the message, so it may follow every query.
 */
const refuseCopyData = frame('f', 'the embedded database takes no COPY FROM STDIN; use INSERT');

/**
 * Renames each statement of a connection to a name of its own in the session (`c<connection>_<n>`), and prepares
 * again what another connection has replaced or discarded meanwhile: the unnamed statement of the session is one.
 */
export function createStatementScope(connectionId: number, shared: SharedStatements): StatementScope {
  const statements = new Map<string, Prepared>();
  const names = new Map<string, string>();

  function sessionName(name: string): string {
    if (name === '') return '';
    const known = names.get(name);
    if (known !== undefined) return known;
    const fresh = `c${connectionId}_${names.size + 1}`;
    names.set(name, fresh);
    return fresh;
  }

  function isStale(name: string, prepared: Prepared): boolean {
    return prepared.generation !== shared.generation || (name === '' && shared.unnamedOwner !== scope);
  }

  function remember(name: string, parse: Frame): void {
    statements.set(name, { parse, generation: shared.generation });
    if (name === '') shared.unnamedOwner = scope;
  }

  function forget(name: string): void {
    statements.delete(name);
    if (name === '') shared.unnamedOwner = undefined;
  }

  const scope: StatementScope = {
    compile(group) {
      const prelude: Frame[] = [];
      const pieces: Buffer[] = [];
      const prepareAgain = (name: string): void => {
        const prepared = statements.get(name);
        if (prepared === undefined || !isStale(name, prepared)) return;
        prelude.push(prepared.parse);
        remember(name, prepared.parse);
      };

      for (const message of group) {
        switch (frameType(message)) {
          case 'P': {
            const { text: name, end } = stringAt(message, 5);
            const parse = frame('P', sessionName(name), message.subarray(end));
            remember(name, parse);
            pieces.push(parse);
            break;
          }
          case 'B': {
            const portal = stringAt(message, 5);
            const { text: name, end } = stringAt(message, portal.end);
            prepareAgain(name);
            pieces.push(...renamedBind(portal.text, sessionName(name), message.subarray(end)));
            break;
          }
          case 'D':
          case 'C': {
            const { text: name } = stringAt(message, 6);
            if (message[5] !== statementKind) {
              pieces.push(message);
              break;
            }
            if (frameType(message) === 'D') prepareAgain(name);
            else forget(name);
            pieces.push(frame(frameType(message), Buffer.of(statementKind), sessionName(name)));
            break;
          }
          case 'Q':
            // A simple query destroys the unnamed statement.
            forget('');
            pieces.push(message, refuseCopyData);
            break;
          case 'E':
            pieces.push(message, refuseCopyData);
            break;
          default:
            pieces.push(message);
        }
      }
      return { bytes: Buffer.concat([...prelude, ...pieces]), parsesAdded: prelude.length };
    },
    closeAll: () =>
      [...statements.keys()].map((name) => frame('C', Buffer.of(statementKind), sessionName(name))),
  };
  return scope;
}

const statementKind = 'S'.charCodeAt(0);

/** In two pieces, so that megabytes of parameters are not copied just to change a name. */
function renamedBind(portal: string, statement: string, parameters: Buffer): Buffer[] {
  const start = frame('B', portal, statement);
  start.writeInt32BE(start.length - 1 + parameters.length, 1);
  return [start, parameters];
}
