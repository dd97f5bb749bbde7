import { afterEach, describe, expect, it, vi } from 'vitest';
import { paint } from '../../src/cli/paint.ts';
import { tableLines } from '../../src/cli/print.ts';
import { cut, oneLine, printable } from '../../src/cli/printable.ts';
import { splitStatements } from '../../src/cli/sql-statements.ts';
import { count, duration, money, relativeTime } from '../../src/cli/units.ts';
import { DAY, HOUR, MINUTE } from '../../src/lib/time.ts';

describe('words for people', () => {
  it.each([
    [-5, '0 ms'],
    [0, '0 ms'],
    [850.4, '850 ms'],
    [999.9, '1000 ms'],
    [1000, '1 s'],
    [59_999, '59 s'],
    [2 * MINUTE, '2 m'],
    [2 * MINUTE + 14_900, '2 m 14 s'],
    [3 * HOUR + 59_000, '3 h'],
    [3 * HOUR + 5 * MINUTE, '3 h 5 m'],
    [400 * DAY + 4 * HOUR, '400 d 4 h'],
  ])('%d ms last %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it('times are relative to now', () => {
    const now = Date.UTC(2026, 0, 1);
    expect(relativeTime(now - 999, now)).toBe('now');
    expect(relativeTime(now - 3 * MINUTE - 59_000, now)).toBe('3 m ago');
    expect(relativeTime(now + 2 * HOUR, now)).toBe('in 2 h');
    expect(relativeTime(now - 5 * DAY, now)).toBe('5 d ago');
  });

  it.each([
    [0, '$0'],
    [0.0004, '<$0.001'],
    [0.042, '$0.042'],
    [0.9999, '$1.000'],
    [12.5, '$12.50'],
  ])('%d dollars are %s', (usd, text) => {
    expect(money(usd)).toBe(text);
  });

  it('counts have their thousands apart', () => {
    expect([7, 1000, 1_204_311].map(count)).toEqual(['7', '1 000', '1 204 311']);
  });
});

describe('text from outside', () => {
  it('loses what could command the terminal or turn a line around, and nothing else', () => {
    expect(printable('a\u001B[2Jb\u009B1mc\u0007\u202Ed\u0000\te\r\nf\rg')).toBe(
      'a\uFFFD[2Jb\uFFFD1mc\uFFFD\uFFFDd\uFFFD\te\nf\uFFFDg',
    );
    expect(printable('naïve ✓ 你好 👋🏽')).toBe('naïve ✓ 你好 👋🏽');
  });

  it('fits on one line where a table needs that', () => {
    expect(oneLine('  two\n\tlines\r\n ')).toBe('two lines');
    expect(cut('four', 4)).toBe('four');
    expect(cut('fives', 4)).toBe('fiv…');
    expect(cut('👋👋👋', 2)).toBe('👋…');
  });
});

describe('terminal output', () => {
  const { isTTY, columns } = process.stdout;
  afterEach(() => {
    vi.unstubAllEnvs();
    Object.assign(process.stdout, { isTTY, columns });
  });

  it('is coloured on a terminal only, and not with NO_COLOR or a dumb terminal', () => {
    vi.stubEnv('NO_COLOR', undefined);
    vi.stubEnv('TERM', 'xterm');
    Object.assign(process.stdout, { isTTY: true });
    expect(paint('red', 'x')).toBe('\u001B[31mx\u001B[0m');
    vi.stubEnv('NO_COLOR', '1');
    expect(paint('red', 'x')).toBe('x');
    vi.stubEnv('NO_COLOR', '');
    expect(paint('red', 'x')).not.toBe('x');
    vi.stubEnv('TERM', 'dumb');
    expect(paint('red', 'x')).toBe('x');
    vi.stubEnv('TERM', 'xterm');
    Object.assign(process.stdout, { isTTY: false });
    expect(paint('red', 'x')).toBe('x');
  });

  it('keeps a row on one line of the terminal, and whole where it is no terminal', () => {
    const columnsOf = [{ title: 'id', align: 'right' as const }, { title: 'text' }];
    const rows = [
      ['7', 'x'.repeat(60)],
      ['123', 'short'],
    ];
    Object.assign(process.stdout, { isTTY: true, columns: 40 });
    vi.stubEnv('NO_COLOR', '1');
    expect(tableLines(columnsOf, rows)).toEqual([' id  text', `  7  ${'x'.repeat(34)}…`, '123  short']);
    Object.assign(process.stdout, { isTTY: false });
    expect(tableLines(columnsOf, rows)[1]).toBe(`  7  ${'x'.repeat(60)}`);
  });
});

describe('typed SQL', () => {
  it.each([
    ['select 1', [], 'select 1'],
    ['select 1;', ['select 1;'], ''],
    ['select 1; select 2 ;; sel', ['select 1;', 'select 2;'], 'sel'],
    ["select ';'; x", ["select ';';"], 'x'],
    ["select 'it''s;';", ["select 'it''s;';"], ''],
    ['select ";""" from t;', ['select ";""" from t;'], ''],
    ['select $$;$$, $a$;$$;$a$;', ['select $$;$$, $a$;$$;$a$;'], ''],
    ['-- not; here\nselect 1;', ['-- not; here\nselect 1;'], ''],
    ['/* ; */ select 1;', ['/* ; */ select 1;'], ''],
    ["select 'open;\n", [], "select 'open;"],
    ['select $x$ open;\n', [], 'select $x$ open;'],
    ['/* open;', [], '/* open;'],
    ['select $1;', ['select $1;'], ''],
  ])('%j ends where its semicolons do', (text, statements, rest) => {
    expect(splitStatements(text)).toEqual({ statements, rest });
  });
});
