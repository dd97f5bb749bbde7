import type { WordInContext, WordMatch } from './net-patterns.ts';

const hostStem =
  'web|www|db|app|nas|srv|server|host|node|prod|staging|stage|dev|vm|pi|rpi|proxy|gw|gateway|router|mail|mx|ns|dns|vpn|' +
  'cache|redis|pg|sql|mysql|k8s|kube|worker|master|build|runner|ci|backup|bkp|store|storage|fw|firewall|lb|edge|api|bastion|' +
  'jump|laptop|desktop|workstation|ws|pc|nuc|esx|hv|hyper|log|logs|metrics|monitor|mon|media|cam|switch|ap';
const numberedHost = new RegExp(`^(?:[a-z0-9]+-)*(?:${hostStem})(?:-[a-z0-9]+)*-?\\d{1,3}[a-z]?$`, 'i');
const plainHost =
  /^(?:nas|nuc|raspberrypi|homeserver|homelab|htpc|proxmox|truenas|opnsense|pfsense|router|localhost)$/;
const machineWord = /^(?:host|server|machine|node|vm|box|ssh|ping|hostname|container|laptop)$/;
const hostShape = /^[a-z](?:[a-z0-9-]{0,60}[a-z0-9])?$/;
/** Words that look like a numbered machine and are none. */
const noHost = /^(?:host|server|machine|node|app|api|log|logs|store|cache|build|proxy|worker|master|web)$/;

const unit = /^(?<name>[a-z0-9][\w@.:-]{0,100}\.(?:service|timer|socket|mount|target|path|slice))$/i;
const knownService = new Set(
  (
    'nginx postgres postgresql redis sshd docker caddy apache2 httpd mysql mysqld mariadb grafana prometheus cron crond ' +
    'systemd-resolved wireguard samba smbd nfsd plex jellyfin nextcloud vaultwarden bitwarden pihole pi-hole mosquitto restic ' +
    'borg borgmatic traefik haproxy postfix dovecot fail2ban tailscale zigbee2mqtt rabbitmq kafka elasticsearch kibana loki ' +
    'alertmanager gitea forgejo jenkins memcached mongodb clickhouse minio syncthing dnsmasq unbound bind9 certbot podman ' +
    'kubelet containerd influxdb telegraf paperless immich frigate homeassistant home-assistant node-exporter keycloak ninjad'
  ).split(' '),
);
const serviceShape =
  /^[A-Za-z][a-z0-9]*(?:-[a-z0-9]+)*-(?:job|worker|service|daemon|exporter|agent|api|backup|sync|bot|server|proxy|scheduler|cron|poller|frontend|backend|gateway)$/;

const repository = /^(?<name>[a-z0-9][\w.-]{0,60}\/[a-z0-9_.][\w.-]{0,99}?)(?:#\d{1,7}|@[\w.-]{1,60})?$/i;
const repositoryWord =
  /^(?:repo|repos|repository|pr|prs|pull|merge|merged|issue|issues|clone|cloned|fork|forked|push|pushed|commit|commits|branch|release|released|deploy|deployed|tag|tagged|upstream|checkout|rebase|rebased|ci|pipeline|project|mirror)$/;

const longVersion = /^v?\d{1,5}(?:\.\d{1,5}){2,4}(?:[-+][\w.+-]{1,40})?$/i;
const shortVersion = /^(?:v\d{1,5}(?:\.\d{1,5}){0,1}|\d{1,5}\.\d{1,5})(?:[-+][\w.+-]{1,40})?$/i;
const versionWord =
  /^(?:version|v|release|firmware|kernel|package|linux|python|node|debian|ubuntu|java|php|ruby|go)$/;
const measureWord =
  /^(?:gb|mb|kb|tb|gib|mib|ms|s|sec|seconds|minutes|hours|days|percent|%|eur|usd|euros?|dollars|km|kg|°c|degrees|v|w|kwh|points?|stars?|million)$/;

/** Machines by their short names, services, repositories and versions. */
export function matchWorkName(word: WordInContext): WordMatch | undefined {
  return matchVersion(word) ?? matchRepository(word) ?? matchService(word) ?? matchShortHost(word);
}

/** `owner/name` is one only in the company of words about repositories: so is `and/or`. */
function matchRepository({ text, before, after }: WordInContext): WordMatch | undefined {
  const name = repository.exec(text)?.groups?.['name'];
  if (name === undefined || /^\d+\/\d+$/.test(name)) return undefined;
  const isNumbered = /#\d+$/.test(text);
  if (!isNumbered && !repositoryWord.test(before) && !repositoryWord.test(after)) return undefined;
  return { kind: 'repository', text: name };
}

function matchService({ text, after }: WordInContext): WordMatch | undefined {
  const name = unit.exec(text)?.groups?.['name'];
  if (name !== undefined) return { kind: 'service', text: name };
  const lower = text.toLowerCase();
  if (knownService.has(lower)) return { kind: 'service', text };
  if (serviceShape.test(text)) return { kind: 'service', text };
  const isNamed = after === 'service' || after === 'daemon';
  return isNamed && /^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/.test(text) ? { kind: 'service', text } : undefined;
}

function matchShortHost({ text, before }: WordInContext): WordMatch | undefined {
  const bare = text.replace(/:(?:\d{1,5}|\/\S*)$/, '');
  if (numberedHost.test(bare) || plainHost.test(bare)) return { kind: 'host', text: bare };
  const isNamed =
    machineWord.test(before) && hostShape.test(bare) && /[\d-]/.test(bare) && !noHost.test(bare);
  return isNamed ? { kind: 'host', text: bare } : undefined;
}

function matchVersion({ text, before, after }: WordInContext): WordMatch | undefined {
  if (longVersion.test(text)) return { kind: 'version', text };
  if (!shortVersion.test(text) || measureWord.test(after)) return undefined;
  const isSaid = /^v/i.test(text) || versionWord.test(before) || knownService.has(before);
  return isSaid ? { kind: 'version', text } : undefined;
}
