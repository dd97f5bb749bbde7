/**
 * What is run on a host: plain POSIX shell for Linux, macOS and BusyBox. Every program runs under `t` (a filter under `f`),
 * which ends it after two seconds and starts nothing more once twelve have passed; what did not answer is left out, and so
 * unknown. Its words are
 * lines `key value…` between two marks with the number that the first argument gives, since a shell's start-up files may
 * print anything before. Further arguments are certificates: files, or `host:port`.
 */
export const reportScript = String.raw`
LC_ALL=C; LANG=C; export LC_ALL LANG
PATH="$PATH:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"; export PATH
mark=$1; [ $# -gt 0 ] && shift
began=$(date +%s)
spent() { [ $(($(date +%s) - began)) -ge 12 ]; }
if timeout -s KILL 2 true 2>/dev/null </dev/null; then
  f() { timeout -s KILL 2 "$@" 2>/dev/null; }
elif timeout -t 2 -s KILL true 2>/dev/null </dev/null; then
  f() { timeout -t 2 -s KILL "$@" 2>/dev/null; }
elif gtimeout -s KILL 2 true 2>/dev/null </dev/null; then
  f() { gtimeout -s KILL 2 "$@" 2>/dev/null; }
elif perl -e 1 2>/dev/null </dev/null; then
  f() { perl -e 'alarm 2; exec @ARGV; exit 127' "$@" 2>/dev/null; }
else
  f() {
    { "$@" 2>/dev/null <&3 3<&- & f_pid=$!; } 3<&0
    (sleep 2; kill -9 $f_pid) >/dev/null 2>&1 </dev/null & f_guard=$!
    wait $f_pid; f_code=$?
    kill $f_guard 2>/dev/null
    return $f_code
  }
fi
t() { if spent; then return 1; fi; f "$@" </dev/null; }
say() { printf '%s\n' "$*"; }
say
say "ninjad-report $mark"

say kernel "$(t uname -srm)"
say hostname "$(t uname -n)"
now=$(t date +%s)

if [ -r /proc/loadavg ]; then
  say load "$(t cat /proc/loadavg)"
  say uptime "$(t cat /proc/uptime)"
  say boot "$(t cat /proc/sys/kernel/random/boot_id)"
  t cat /proc/meminfo | f awk '/^(MemTotal|MemAvailable|MemFree|Buffers|Cached|SwapTotal|SwapFree):/ { print "mem", $1, $2 }'
  for r in cpu memory io; do
    [ -r /proc/pressure/$r ] && t cat /proc/pressure/$r | f awk -v r=$r '$1 == "some" { for (i = 2; i <= NF; i++) if (sub(/^avg300=/, "", $i)) print "pressure", r, $i }'
  done
  cores=$(t getconf _NPROCESSORS_ONLN) || cores=$(t grep -c '^processor' /proc/cpuinfo)
  say cores "$cores"
else
  say load "$(t sysctl -n vm.loadavg | f tr -d '{}')"
  say cores "$(t sysctl -n hw.ncpu)"
  boottime=$(t sysctl -n kern.boottime | f sed -n 's/.*[^u]sec = \([0-9]*\).*/\1/p')
  if [ -n "$boottime" ] && [ -n "$now" ]; then say uptime $((now - boottime)); fi
  boot=$(t sysctl -n kern.bootsessionuuid); [ -n "$boot" ] || boot=$boottime
  say boot "$boot"
  say memtotal "$(t sysctl -n hw.memsize || t sysctl -n hw.physmem)"
  t vm_stat | f awk '/page size of/ { for (i = 1; i <= NF; i++) if ($i == "of") size = $(i + 1) } /^Pages (free|inactive|speculative|purgeable)/ { gsub(/\./, "", $NF); free += $NF } END { if (size) printf "memfree %.0f\n", free * size }'
fi

if [ -r /var/run/reboot-required ] || [ -r /run/reboot-required ]; then say reboot 1
elif [ -r /etc/debian_version ]; then say reboot 0
fi

if units=$(t systemctl list-units --state=failed --plain --no-legend --no-pager); then
  say units known
  printf '%s\n' "$units" | while read -r unit rest; do [ -n "$unit" ] && say unit "$unit"; done
fi

for zone in /sys/class/thermal/thermal_zone[0-9] /sys/class/thermal/thermal_zone[0-9][0-9]; do
  if [ -r "$zone/temp" ]; then say temperature "$(t cat "$zone/temp")" "$(t cat "$zone/type")"; fi
done

if found=$(t ps -Ao pid=,pcpu=,pmem=,comm=); then
  printf '%s\n' "$found" | f sort -rn -k2,2 | f head -n 6 | while read -r pid cpu mem name; do say process "$pid" "$cpu" "$mem" "$name"; done
fi

for named in "$@"; do
  case $named in
    /*) end=$(t openssl x509 -noout -enddate -in "$named") ;;
    *) end=$(t openssl s_client -connect "$named" -servername "$(printf '%s' "$named" | f sed 's/:[0-9]*$//')" | f openssl x509 -noout -enddate) ;;
  esac
  [ -n "$end" ] && say certificate "$named" "$(printf '%s' "$end" | f sed 's/^notAfter=//')"
done

df_numbers() { f sed -n 's/.*[[:space:]]\([0-9][0-9]*\)[[:space:]][[:space:]]*\([0-9][0-9]*\)[[:space:]][[:space:]]*\(-\{0,1\}[0-9][0-9]*\)[[:space:]][[:space:]]*[0-9-][0-9]*%.*/\1 \2 \3/p' | f head -n 1; }
disk() {
  blocks=$(t df -Pk "$1" | df_numbers)
  [ -n "$blocks" ] || return 0
  inodes=$(t df -Pi "$1" | df_numbers)
  say disk "$blocks" : "$inodes" : "$1"
}
if [ -r /proc/mounts ]; then
  seen=' '
  t cat /proc/mounts | while read -r device mount type rest; do
    case $type in
      ext[234]|xfs|btrfs|zfs|bcachefs|f2fs|jfs|nilfs2|reiserfs|vfat|exfat|ntfs|ntfs3|fuseblk|hfs|hfsplus|apfs|ufs|ubifs|jffs2) ;;
      overlay|tmpfs|rootfs|aufs) [ "$mount" = / ] || continue ;;
      *) continue ;;
    esac
    case $seen in *" $device "*) [ "$mount" = / ] || continue ;; esac
    seen="$seen$device "
    disk "$(printf '%b' "$(printf '%s' "$mount" | f sed 's/\\\([0-7][0-7][0-7]\)/\\0\1/g')")"
  done
else
  t df -lPk | while read -r line; do
    mount=/$(printf '%s' "$line" | f sed 's/^.*%[[:space:]]*\///')
    case $line in /dev/*) disk "$mount" ;; esac
  done
fi
say "ninjad-report-end $mark"
`.trimStart();
