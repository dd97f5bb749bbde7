import { taskMarkerName } from './marker.ts';

/** The variable by which a guardian is found; its value is the daemon's worker. */
export const guardianVariable = 'NINJAD_GUARDIAN';

/** The word by which it is told that the daemon ends in order. */
export const guardianFarewell = 'done';

/**
 * The whole of a guardian, for `sh -c … sh WORKER BASE`: it waits on its stdin, which the kernel closes with the daemon, and
 * then kills whatever the daemon's tasks have started. It looks for their cgroups below BASE (empty: none), for the marker in
 * environments, and from there for descendants, sessions and groups; it ends after two looks that find nobody, or a second.
 * A shell takes 1.7 MB where a Node takes 40. Linux alone has what it looks at; elsewhere it finds nobody.
 */
export const guardianScript = `
trap '' HUP INT QUIT TERM
worker=$1 base=$2
while read -r word; do [ "$word" = ${guardianFarewell} ] && exit 0; done
look() {
  family=' '
  for path in $(grep -lsaF "${taskMarkerName}=$worker:" /proc/[0-9]*/environ); do
    pid=\${path#/proc/}
    family="$family\${pid%/environ} "
  done
  [ "$family" = ' ' ] && return
  before=
  while [ "$family" != "$before" ]; do
    before=$family
    for path in /proc/[0-9]*/stat; do
      read -r line < "$path" || continue
      pid=\${line%% *}
      case $family in *" $pid "*) continue ;; esac
      # After the name in brackets: state, parent, group, session.
      set -- \${line##*) }
      case $1 in Z | X) continue ;; esac
      case $family in *" $2 "* | *" $3 "* | *" $4 "*) [ "$pid" = $$ ] || family="$family$pid " ;; esac
    done
  done
}
looks=0 empty=0
while [ $looks -lt 20 ] && [ $empty -lt 2 ]; do
  looks=$((looks + 1)) empty=$((empty + 1))
  if [ -n "$base" ]; then
    for dir in "$base"/ninjad-"$worker"-*; do
      [ -e "$dir/cgroup.kill" ] || continue
      grep -q '^populated 1' "$dir/cgroup.events" && empty=0
      echo 1 > "$dir/cgroup.kill"
    done
  fi
  look
  if [ "$family" != ' ' ]; then
    empty=0
    kill -KILL $family
  fi
  sleep 0.03
done 2> /dev/null
[ -n "$base" ] && rmdir "$base"/ninjad-"$worker"-* 2> /dev/null
exit 0
`;
