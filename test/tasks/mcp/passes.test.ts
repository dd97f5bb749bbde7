import { describe, expect, it } from 'vitest';
import { type AgentPass, createAgentPasses } from '../../../src/tasks/mcp/passes.ts';
import { toolsFor } from '../../../src/tasks/mcp/tools.ts';

const pass = (id: number): AgentPass => ({
  task: { id, eventId: 1000 + id, source: 'cli', replyTo: null },
  standing: { trust: 'owner', depth: 0 },
  tools: ['recall'],
});

describe('passes', () => {
  it('are taken once by token, and known by session from then on', () => {
    const passes = createAgentPasses();
    const token = passes.issue(pass(1));
    const { session, pass: opened } = passes.open(token);
    expect(opened).toEqual(pass(1));
    expect(passes.passOf(session)).toEqual(pass(1));
    expect(session).not.toBe(token);
    expect(() => passes.open(token)).toThrow('the token is not good');
    expect(() => passes.passOf(token)).toThrow('the session is not good');
    expect(() => passes.open(session)).toThrow('the token is not good');
  });

  it('end with their task, whether they were taken or not, and leave others alone', () => {
    const passes = createAgentPasses();
    const unused = passes.issue(pass(1));
    expect(passes.revoke(1)).toBe(true);
    expect(passes.revoke(1)).toBe(false);
    expect(() => passes.open(unused)).toThrow('the token is not good');
    const { session } = passes.open(passes.issue(pass(2)));
    const { session: other } = passes.open(passes.issue(pass(3)));
    passes.revoke(2);
    expect(() => passes.passOf(session)).toThrow('the session is not good');
    expect(passes.passOf(other).task.id).toBe(3);
  });

  it('of an earlier run are void when the task runs again', () => {
    const passes = createAgentPasses();
    const { session } = passes.open(passes.issue(pass(1)));
    const again = passes.issue(pass(1));
    expect(() => passes.passOf(session)).toThrow('the session is not good');
    expect(passes.open(again).pass.task?.id).toBe(1);
  });

  it('of an agent that was started ahead let it learn of its tools, and use them once a task has claimed it', () => {
    const passes = createAgentPasses();
    const { task, ...terms } = pass(1);
    const held = passes.hold(terms);
    const { session, pass: opened } = passes.open(held.token);
    expect(opened).toEqual(terms);
    expect(() => passes.passOf(session)).toThrow('no task has claimed its agent');
    expect(() => passes.countCall(session, 'recall')).toThrow('no task has claimed its agent');
    const { session: earlier } = passes.open(passes.issue(pass(1)));
    held.bind(task);
    expect(passes.passOf(session)).toEqual(pass(1));
    expect(() => passes.passOf(earlier)).toThrow('the session is not good');
    passes.revoke(1);
    expect(() => passes.passOf(session)).toThrow('the session is not good: its task has ended');
  });

  it('of one that was given up are void, whether its server has asked or not', () => {
    const passes = createAgentPasses();
    const { standing, tools } = pass(1);
    const terms = { standing, tools };
    const [asked, other] = [passes.hold(terms), passes.hold(terms)];
    const { session } = passes.open(asked.token);
    asked.revoke();
    expect(() => passes.passOf(session)).toThrow('the session is not good: its task has ended');
    other.revoke();
    expect(() => passes.open(other.token)).toThrow('the token is not good');
  });

  it('cannot be guessed from one another', () => {
    const passes = createAgentPasses();
    const tokens = Array.from({ length: 100 }, (_, id) => passes.issue(pass(id)));
    expect(new Set(tokens).size).toBe(100);
    for (const token of tokens) expect(token).toMatch(/^[\w-]{43}$/);
  });
});

describe('the tools of a task', () => {
  it('are fewer for what anybody could have caused: it starts nothing and proposes nothing', () => {
    expect(toolsFor('untrusted')).toEqual(['remember', 'recall', 'notify_owner']);
    expect(toolsFor('local')).toEqual(['remember', 'recall', 'queue_task', 'make_wish', 'notify_owner']);
    expect(toolsFor('owner')).toEqual(toolsFor('local'));
  });

  it('count the calls of each run by tool', () => {
    const passes = createAgentPasses();
    const { session } = passes.open(passes.issue(pass(1)));
    expect([passes.countCall(session, 'recall'), passes.countCall(session, 'recall')]).toEqual([0, 1]);
    expect(passes.countCall(session, 'remember')).toBe(0);
    const { session: next } = passes.open(passes.issue(pass(1)));
    expect(passes.countCall(next, 'recall')).toBe(0);
    expect(() => passes.countCall(session, 'recall')).toThrow('the session is not good');
  });
});
