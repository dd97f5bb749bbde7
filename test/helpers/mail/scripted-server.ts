import { createServer, type Server, type Socket } from 'node:net';

/** A mail of the scripted server. */
export interface ScriptedMail {
  uid: number;
  raw: string;
}

/** What one command is answered with: `undefined` leaves it to the server, `null` to nobody. */
export type Script = (command: string, line: string, socket: Socket) => string[] | null | undefined;

/** A small IMAP server that does as it is told, also what no server should. */
export class ScriptedServer {
  uidValidity = 1;
  uidNext = 1;
  mails: ScriptedMail[] = [];
  capabilities = 'IMAP4rev1 IDLE AUTH=PLAIN';
  /** Asked before the server's own answers; lines without CRLF, `TAG` stands for the tag. */
  script: Script = () => undefined;
  greeting: string | null = '* OK ready';
  /** Every line that clients have sent, without their secrets. */
  lines: string[] = [];
  logins = 0;
  readonly sockets = new Set<Socket>();
  #server: Server | undefined;

  async start(): Promise<this> {
    this.#server = createServer((socket) => this.#serve(socket));
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    const { port } = this.#server?.address() as { port: number };
    return `imap://me%40example.org:secret@127.0.0.1:${port}/INBOX`;
  }

  /** Files a mail and tells those that wait. */
  file(raw: string, uid = this.uidNext): void {
    this.mails.push({ uid, raw });
    this.uidNext = Math.max(this.uidNext, uid + 1);
    for (const socket of this.sockets) socket.write(`* ${this.mails.length} EXISTS\r\n`);
  }

  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  #serve(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => undefined);
    if (this.greeting !== null) socket.write(`${this.greeting}\r\n`);
    let waiting = '';
    let idleTag: string | undefined;
    let loginTag: string | undefined;
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      waiting += chunk;
      for (let end = waiting.indexOf('\r\n'); end !== -1; end = waiting.indexOf('\r\n')) {
        const line = waiting.slice(0, end);
        waiting = waiting.slice(end + 2);
        if (line === 'DONE' && idleTag !== undefined) {
          socket.write(`${idleTag} OK done\r\n`);
          idleTag = undefined;
          continue;
        }
        if (loginTag !== undefined) {
          socket.write(`${loginTag} OK logged in\r\n`);
          loginTag = undefined;
          continue;
        }
        const [tag = '', first = '', second = ''] = line.split(' ');
        const command = (first.toUpperCase() === 'UID' ? `UID ${second}` : first).toUpperCase();
        this.lines.push(
          command === 'AUTHENTICATE' || command === 'LOGIN' ? command : line.slice(tag.length + 1),
        );
        if (command === 'AUTHENTICATE') this.logins += 1;
        const answer = this.script(command, line, socket);
        if (answer === null) continue;
        const lines = answer ?? this.#answer(command, line);
        if (command === 'IDLE' && answer === undefined) idleTag = tag;
        if (lines[0] === '+ ') loginTag = tag;
        socket.write(lines.map((one) => `${one.replace(/^TAG/, tag)}\r\n`).join(''), 'latin1');
      }
    });
  }

  #answer(command: string, line: string): string[] {
    switch (command) {
      case 'CAPABILITY':
        return [`* CAPABILITY ${this.capabilities}`, 'TAG OK'];
      case 'NAMESPACE':
        return ['* NAMESPACE (("" "/")) NIL NIL', 'TAG OK'];
      case 'AUTHENTICATE':
        return /^\S+ AUTHENTICATE \S+ \S+/.test(line) ? ['TAG OK logged in'] : ['+ '];
      case 'EXAMINE':
        return [
          `* ${this.mails.length} EXISTS`,
          '* FLAGS (\\Seen)',
          `* OK [UIDVALIDITY ${this.uidValidity}] valid`,
          `* OK [UIDNEXT ${this.uidNext}] next`,
          'TAG OK [READ-ONLY] done',
        ];
      case 'LIST':
        return ['* LIST () "/" INBOX', 'TAG OK'];
      case 'STATUS':
        return [
          `* STATUS INBOX (MESSAGES ${this.mails.length} UIDNEXT ${this.uidNext} UIDVALIDITY ${this.uidValidity})`,
          'TAG OK',
        ];
      case 'UID SEARCH':
        return [`* SEARCH ${this.#searched(line)}`, 'TAG OK'];
      case 'UID FETCH':
        return [...this.#fetched(line), 'TAG OK'];
      case 'IDLE':
        return ['+ idling'];
      default:
        return ['TAG OK'];
    }
  }

  #searched(line: string): string {
    const above = Number(/UID (\d+):\*/.exec(line.replace('UID SEARCH', 'SEARCH'))?.[1] ?? 1);
    return this.mails
      .filter(({ uid }) => uid >= above)
      .map(({ uid }) => uid)
      .join(' ');
  }

  #fetched(line: string): string[] {
    const wanted = (/FETCH (\S+)/.exec(line)?.[1] ?? '').split(',').map(Number);
    return this.mails.flatMap(({ uid, raw }, index) => {
      if (!wanted.includes(uid)) return [];
      const [head = '', ...rest] = raw.split('\r\n\r\n');
      const header = `${head}\r\n\r\n`;
      const body = rest.join('\r\n\r\n');
      const literal = (name: string, text: string): string =>
        `${name} {${Buffer.byteLength(text, 'latin1')}}\r\n${text}`;
      const items = [`UID ${uid}`];
      if (line.includes('RFC822.SIZE')) items.push(`RFC822.SIZE ${raw.length}`);
      if (line.includes('INTERNALDATE')) items.push(`INTERNALDATE "${imapDate(new Date())}"`);
      if (line.includes('BODYSTRUCTURE'))
        items.push(
          `BODYSTRUCTURE ("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "8BIT" ${body.length} 1 NIL NIL NIL NIL)`,
        );
      if (line.includes('[HEADER]')) items.push(literal('BODY[HEADER]<0>', header));
      if (line.includes('[TEXT]')) items.push(literal('BODY[TEXT]<0>', body.slice(0, 4_096)));
      if (/\[1\]/.test(line)) items.push(literal('BODY[1]<0>', body));
      return [`* ${index + 1} FETCH (${items.join(' ')})`];
    });
  }
}

function imapDate(at: Date): string {
  const [, day, month, year] = /^\w+, (\d+) (\w+) (\d+)/.exec(at.toUTCString()) ?? [];
  return `${day}-${month}-${year} ${at.toISOString().slice(11, 19)} +0000`;
}
