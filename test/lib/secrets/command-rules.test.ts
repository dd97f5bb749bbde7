import { describe, expect, it } from 'vitest';
import { secretsByPattern, takeOut } from '../../../src/lib/secrets/secret-patterns.ts';

const redacted = (text: string) => takeOut(text, secretsByPattern(text));

describe('passwords in commands', () => {
  it.each([
    ['mysql -u root -phunter22 shop', 'mysql -u root -p[redacted password] shop'],
    [
      "mysqldump --all-databases -p'hunter 22' > a.sql",
      "mysqldump --all-databases -p'[redacted password]' > a.sql",
    ],
    ['mariadb-admin -uroot -phunter22 status', 'mariadb-admin -uroot -p[redacted password] status'],
    ['7z a -phunter22 x.7z', '7z a -p[redacted password] x.7z'],
    ['sshpass -p hunter22 ssh nas', 'sshpass -p [redacted password] ssh nas'],
    ['sshpass -phunter22 ssh nas', 'sshpass -p[redacted password] ssh nas'],
    ['curl -s -u olga:hunter22 https://x.example', 'curl -s -u olga:[redacted password] https://x.example'],
    ['curl --user "olga:hunter 22" https://x.example', undefined],
    ['redis-cli -h nas -a hunter22 ping', 'redis-cli -h nas -a [redacted password] ping'],
    [
      'docker login -u olga -p hunter22 reg.example',
      'docker login -u olga -p [redacted password] reg.example',
    ],
    ['smbclient //nas/x -U olga%hunter22', 'smbclient //nas/x -U olga%[redacted password]'],
    ['ldapsearch -D cn=x -w hunter22', 'ldapsearch -D cn=x -w [redacted password]'],
    ['zip -P hunter22 x.zip a', 'zip -P [redacted password] x.zip a'],
    ['openssl enc -aes256 -pass pass:hunter22', 'openssl enc -aes256 -pass pass:[redacted password]'],
    ['PGPASSWORD=hunter22 psql -h db', 'PGPASSWORD=[redacted secret] psql -h db'],
    ['export DBPASS="hunter 22"', 'export DBPASS="[redacted secret]"'],
    ['GITEA_TOKEN=hunter22 make', 'GITEA_TOKEN=[redacted secret] make'],
  ])('%s', (text, expected) => {
    expect(redacted(text)).not.toMatch(/hunter/);
    if (expected !== undefined) expect(redacted(text)).toBe(expected);
  });

  it.each([
    'mysql -p shop',
    'mysql -P 3306 -h nas -u olga shop',
    'docker run -p 8080:80 nginx',
    'docker compose -p blog up',
    'mkdir -p /srv/data/photos',
    'cp -pR a b',
    'curl -u olga https://x.example',
    'curl -o page:2.html https://x.example',
    'PGPASSWORD=$SECRET psql -h db',
    'PGPASSWORD="$(pass show db)" psql',
    'PWD=/home/olga OLDPWD=/srv make',
    'SSH_PASS=/etc/pass.txt ./x',
    'the bypass: a road around the village',
    'MYSQL_PASSWORD=<your password>',
  ])('leaves alone: %s', (text) => {
    expect(redacted(text)).toBe(text);
  });

  it('takes a long hostile text in its stride', () => {
    const text = 'mysql -x '.repeat(20_000) + 'curl -u a'.repeat(20_000);
    const begun = performance.now();
    secretsByPattern(text);
    expect(performance.now() - begun).toBeLessThan(20_000);
  });
});
