import { publicUrl } from './database-target.ts';

/** A server as the programs of PostgreSQL take it. */
export interface LibpqAddress {
  /** Without the password, since a command line shows in `ps`. */
  url: string;
  env: { PGPASSWORD?: string };
}

/** The address of a server for psql, pg_dump and their like; its password goes by the environment. */
export function libpqAddress(url: string): LibpqAddress {
  const parsed = new URL(url);
  const password =
    parsed.password === '' ? parsed.searchParams.get('password') : decodeURIComponent(parsed.password);
  return {
    url: publicUrl({ kind: 'server', url }),
    env: password === null || password === '' ? {} : { PGPASSWORD: password },
  };
}
