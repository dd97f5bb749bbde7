import { describe, expect, it } from 'vitest';
import { publicUrl } from '../../../src/lib/store/database-target.ts';

describe('public url', () => {
  it('shows a server without its password, wherever that stood', () => {
    expect(
      publicUrl({ kind: 'server', url: 'postgresql://me:secret@db.example:5433/ninja?sslmode=require' }),
    ).toBe('postgresql://me@db.example:5433/ninja?sslmode=require');
    expect(publicUrl({ kind: 'server', url: 'postgres://db/ninja?user=me&password=secret' })).toBe(
      'postgres://db/ninja?user=me',
    );
    expect(publicUrl({ kind: 'server', url: 'secret but no url' })).toBe('postgresql://(unreadable)');
  });

  it('shows the embedded database so that psql can use it', () => {
    expect(publicUrl({ kind: 'embedded', socketDir: '/home/me/.ninjad/pg' })).toBe(
      'postgresql:///postgres?host=%2Fhome%2Fme%2F.ninjad%2Fpg&user=postgres',
    );
  });
});
