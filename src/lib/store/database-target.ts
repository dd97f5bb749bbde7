/** Place of Postgres: the embedded one behind a Unix socket in `socketDir`, or a server by its URL. */
export type DatabaseTarget = { kind: 'embedded'; socketDir: string } | { kind: 'server'; url: string };

/** The target as a connection URL for people and for psql, without any password. */
export function publicUrl(target: DatabaseTarget): string {
  if (target.kind === 'embedded') {
    return `postgresql:///postgres?host=${encodeURIComponent(target.socketDir)}&user=postgres`;
  }
  if (!URL.canParse(target.url)) return 'postgresql://(unreadable)';
  const url = new URL(target.url);
  url.password = '';
  url.searchParams.delete('password');
  url.searchParams.delete('sslpassword');
  return url.href;
}
