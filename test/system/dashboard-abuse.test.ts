import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endDaemons, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { closePages, enter, openPage, type Visitor } from '../helpers/dashboard.ts';
import { closeRawSockets, openRawSocket } from '../helpers/raw-socket.ts';

let daemon: TestDaemon;
let visitor: Visitor;

beforeAll(async () => {
  daemon = await startDaemon();
  visitor = await enter(daemon);
}, 200_000);
afterEach(async () => {
  closePages();
  closeRawSockets();
  // Whatever a test has sent, the daemon is there, its tree was not touched, and another page gets in.
  const { ready, children, pid } = await daemon.status();
  expect({ ready, pid }).toEqual({ ready: true, pid: daemon.child.pid });
  expect(children.filter(({ restarts }) => restarts > 0)).toEqual([]);
  const page = await openPage(visitor);
  expect((await page.get('hello.get', {})).version).toBe('0.1.0');
  closePages();
});
afterAll(() => endDaemons());

describe('a socket that sends what is no packet', () => {
  it.each([
    ['bad JSON', '42["now.get",{'],
    ['no JSON', '42hello'],
    ['a packet type that there is not', '49["now.get"]'],
    ['an event without a name', '42[{}]'],
    ['a name that belongs to the library', '42["disconnect"]'],
    ['more attachments than anybody has', '459999-["now.get",{"_placeholder":true,"num":0}]'],
    ['text where an attachment was announced', '451-["now.get",{"_placeholder":true,"num":0}]\u001e42["x"]'],
    ['a foreign protocol', 'GET / HTTP/1.1'],
  ])('is closed: %s', async (_, frame) => {
    const raw = await openRawSocket(visitor);
    for (const part of frame.split('\u001e')) raw.send(part);
    await until('it is closed', () => raw.isClosed());
  });

  it('is closed for a frame of 600 KB, before anybody has parsed it', async () => {
    const raw = await openRawSocket(visitor);
    raw.send(`420["events.explain",{"line":"${'x'.repeat(600_000)}"}]`);
    await until('it is closed', () => raw.isClosed());
    expect(raw.frames().filter((frame) => frame.startsWith('43'))).toEqual([]);
  });

  it('is closed for bytes that nobody has announced', async () => {
    const raw = await openRawSocket(visitor);
    raw.send(Buffer.alloc(1_000, 7));
    await until('it is closed', () => raw.isClosed());
  });

  it('gets no other namespace', async () => {
    const raw = await openRawSocket(visitor);
    raw.send('40/admin,');
    expect(await raw.hears('/admin')).toContain('Invalid namespace');
  });
});

describe('a socket that sends packets with nonsense in them', () => {
  const answerTo = async (
    body: string,
  ): Promise<{ ok: boolean; error: { code: string; message: string } }> => {
    const raw = await openRawSocket(visitor);
    raw.send(`427${body}`);
    const frame = await raw.hears('437[');
    return (JSON.parse(frame.slice(3)) as [never])[0];
  };

  it.each([
    ['no such operation', '["tasks.drop",{}]', 'UNAVAILABLE', 'there is no operation "tasks.drop"'],
    ['a name of every object', '["constructor",{}]', 'UNAVAILABLE', 'there is no operation "constructor"'],
    ['the prototype', '["__proto__",{}]', 'UNAVAILABLE', 'there is no operation "__proto__"'],
    ['a number for a name', '[5,{}]', 'UNAVAILABLE', 'there is no operation 5'],
    ['an input that is a text', '["task.get","7"]', 'USAGE', 'expected object'],
    ['an input that is a list', '["task.get",[7]]', 'USAGE', 'expected object'],
    ['a field of the wrong type', '["task.get",{"id":{"$gt":0}}]', 'USAGE', 'id:'],
    ['an id out of range', '["task.get",{"id":1e99}]', 'USAGE', 'id:'],
    ['a field that there is not', '["tasks.list",{"limit":1,"admin":true}]', 'USAGE', 'admin'],
    ['a limit beyond the bound', '["tasks.list",{"limit":1000000}]', 'USAGE', 'limit'],
    ['a text beyond the bound', `["events.explain",{"line":"${'x'.repeat(200_000)}"}]`, 'USAGE', 'line:'],
    ['a prototype as a field', '["tasks.list",{"__proto__":{"limit":1}}]', 'USAGE', '__proto__'],
    [
      'a prototype in a setting',
      '["config.set",{"key":"__proto__","value":{"admin":true}}]',
      'USAGE',
      '__proto__',
    ],
    ['a topic that there is not', '["watch",{"topic":"passwords"}]', 'USAGE', 'topic'],
    ['a topic of no task', '["watch",{"topic":"task:-1"}]', 'USAGE', 'topic'],
  ])('is told what was wrong: %s', async (_, body, code, part) => {
    const answer = await answerTo(body);
    expect(answer).toMatchObject({ ok: false, error: { code } });
    expect(answer.error.message).toContain(part);
    expect(answer.error.message.length).toBeLessThan(600);
  });

  it('does not reach a prototype of the daemon', async () => {
    await answerTo('["config.set",{"key":"task.timeoutMsByCategory","value":{"__proto__":{"polluted":1}}}]');
    await answerTo(
      '["config.set",{"key":"task.timeoutMsByCategory","value":{"constructor":{"prototype":{"polluted":1}}}}]',
    );
    const page = await openPage(visitor);
    const field = (await page.get('config.list', {})).find(({ key }) => key === 'task.timeoutMsByCategory');
    expect(field?.value).toEqual({});
    expect(JSON.stringify(await page.get('hello.get', {}))).not.toContain('polluted');
  });

  it('leaves an event without an acknowledgement unanswered, whatever its name is', async () => {
    const raw = await openRawSocket(visitor);
    for (const name of ['error', 'now.get', '__proto__', 'watch', ''])
      raw.send(`42[${JSON.stringify(name)},{}]`);
    raw.send('421["hello.get",{}]');
    expect(await raw.hears('431[')).toContain('"ok":true');
    expect(raw.frames().filter((frame) => frame.startsWith('43'))).toHaveLength(1);
  });
});

describe('a socket that sends too much', () => {
  it('is told to slow down past its rate, and served again when it has', async () => {
    const page = await openPage(visitor);
    // A machine that does much else may serve so slowly that nothing is too fast: then it has to be more.
    const askMany = () => Promise.all(Array.from({ length: 1_200 }, () => page.ask('hello.get', {})));
    let refused = (await askMany()).filter((answer) => !answer.ok);
    for (let again = 0; refused.length <= 100 && again < 5; again++)
      refused = (await askMany()).filter((answer) => !answer.ok);
    expect(refused.length).toBeGreaterThan(100);
    for (const answer of refused) expect(answer).toMatchObject({ error: { code: 'TOO_FAST' } });
    await until('it is served again', async () => (await page.ask('hello.get', {})).ok);
  });

  it('is cut off when it floods, acknowledged or not', async () => {
    for (const frame of ['420["hello.get",{}]', '42["hello.get",{}]', '40/admin,', '3']) {
      const raw = await openRawSocket(visitor);
      for (let sent = 0; sent < 5_000; sent += 1) raw.send(frame);
      await until(`it is cut off: ${frame}`, () => raw.isClosed());
      expect(raw.frames().length).toBeLessThan(4_000);
    }
  });

  it('may follow so many topics and no more', async () => {
    const page = await openPage(visitor);
    const answers = [];
    for (let task = 1; task <= 40; task += 1)
      answers.push(await page.ask('watch' as never, { topic: `task:${task}` } as never));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(32);
    expect(answers.at(-1)).toMatchObject({ error: { code: 'USAGE' } });
  });
});

describe('HTTP with nonsense in it', () => {
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    visitor.fetch(path, { method: 'POST', body, headers: { origin: visitor.url, ...headers } });

  it('is told what was wrong', async () => {
    expect((await post('/api/events/explain', '{"line":')).status).toBe(400);
    expect((await post('/api/events/explain', '"a text"')).status).toBe(400);
    expect((await post('/api/events/explain', { line: 7 })).status).toBe(400);
    expect((await post('/api/events/explain', `{"line":"${'x'.repeat(2_000_000)}"}`)).status).toBe(413);
    expect((await post('/session', { code: 'x'.repeat(100_000) })).status).toBe(413);
    expect((await visitor.fetch('/api/tasks/none')).status).toBe(400);
    expect((await visitor.fetch('/api/tasks?limit=1&limit=2')).status).toBe(400);
    expect((await visitor.fetch('/api/tasks?__proto__=1')).status).toBe(400);
    expect((await visitor.fetch('/api/nothing')).status).toBe(404);
    expect((await visitor.fetch('/vendor/..%2f..%2fpackage.json')).status).toBe(404);
    expect((await visitor.fetch('/..%2fpackage.json')).status).toBe(404);
  });
});
