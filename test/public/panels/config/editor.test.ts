import { describe, expect, it } from 'vitest';
import { editorOf, parsed, written } from '../../../../public/js/panels/config/editor.js';

describe('the editor of a setting', () => {
  it('is made from the schema of its value', () => {
    expect(editorOf({ type: 'integer', minimum: 0 })).toEqual({ kind: 'number', nullable: false });
    expect(editorOf({ type: 'string', enum: ['info', 'warn'] })).toEqual({
      kind: 'choice',
      options: ['info', 'warn'],
      nullable: false,
    });
    expect(editorOf({ anyOf: [{ type: 'number' }, { type: 'null' }] })).toEqual({
      kind: 'number',
      nullable: true,
    });
    expect(editorOf({ type: 'boolean' })).toEqual({ kind: 'flag', nullable: false });
    expect(editorOf({ type: 'array', items: { type: 'string' } })).toEqual({ kind: 'list', nullable: false });
    expect(editorOf({ type: 'array', items: {} })).toEqual({ kind: 'json', nullable: false });
    expect(editorOf(undefined)).toEqual({ kind: 'json', nullable: false });
  });

  it('writes and reads values without changing them', () => {
    for (const [value, schema] of [
      [5, { type: 'integer' }],
      [null, { anyOf: [{ type: 'number' }, { type: 'null' }] }],
      [true, { type: 'boolean' }],
      ['info', { type: 'string' }],
      [[{ a: 1 }], { type: 'array' }],
      [['nas.lan', 'nas'], { type: 'array', items: { type: 'string' } }],
      [[], { type: 'array', items: { type: 'string' } }],
    ] as const) {
      const editor = editorOf(schema);
      expect(parsed(written(value, editor), editor)).toEqual({ ok: true, value });
    }
  });

  it('refuses what is no number and no JSON before the daemon is asked', () => {
    expect(parsed('', editorOf({ type: 'integer' }))).toEqual({ ok: false });
    expect(parsed('ten', editorOf({ type: 'integer' }))).toEqual({ ok: false });
    expect(parsed('{', editorOf({ type: 'object' }))).toEqual({ ok: false });
  });
});
