/**
 * The script that makes a container of the new namespaces: run by the machine's own shell as the first process in them.
 * Everything it is given comes as arguments; no path, name or value is ever part of the script. Each program that it
 * starts costs a millisecond of every RUN, so it starts few.
 *
 * $1 directory of the layers · $2 their names, top first, with colons · $3 directory of the run, with upper, work, root
 * and dev, as seen from $1: what is not ours to name is in no option of a mount · $4 further options of the overlay ·
 * $5 hostname · $6 `none` for no network · $7 `ro` for a root that cannot be written to · $8 `own` for a /dev/shm that no
 * mount gives · $9 `insecure` for a /sys that can be written to. Then, for each mount, `bind|robind|tmpfs SOURCE TARGET`,
 * then `--` and the command.
 */
export const SANDBOX_SCRIPT = `
set -e
layers=$1 lower=$2 run=$3 options=$4 name=$5 network=$6 mode=$7 shm=$8 security=$9
shift 9
cd "$layers"
root=$(cd "$run/root" && pwd -P)
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$run/upper,workdir=$run/work$options" "$root"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
[ "$security" = insecure ] && sys=rw || sys=ro
mount -t sysfs -o "$sys,nosuid,nodev,noexec" sysfs "$root/sys" 2>/dev/null || mount -t tmpfs -o ro tmpfs "$root/sys"
mount -t tmpfs -o nosuid,mode=755,size=65536k tmpfs "$root/dev"
cp -a "$run/dev/." /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty "$root/dev/" 2>/dev/null || for device in null zero full random urandom tty; do
  : >"$root/dev/$device"; mount --bind "/dev/$device" "$root/dev/$device"
done
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts" 2>/dev/null || :
{ echo "$name" >/proc/sys/kernel/hostname; } 2>/dev/null || hostname "$name" 2>/dev/null || :
[ "$shm" != own ] || mount -t tmpfs -o nosuid,nodev,noexec,size=65536k shm "$root/dev/shm"
[ "$network" != none ] || ip link set lo up 2>/dev/null || :
while [ "$1" != -- ]; do
  case $3 in /dev/*)
    if [ "$1" = tmpfs ] || [ -d "$2" ]; then mkdir -p "$root$3"; else mkdir -p "$root\${3%/*}"; : >>"$root$3"; fi ;;
  esac
  case $1 in
    tmpfs) mount -t tmpfs -o "nosuid$2" tmpfs "$root$3" ;;
    robind) mount -o rbind,ro "$2" "$root$3" ;;
    *) mount --rbind "$2" "$root$3" ;;
  esac
  shift 3
done
shift
[ "$mode" != ro ] || mount -o remount,ro "$root"
exec "$@"
`;

/**
 * Runs the script that is its first argument as the first process of the new namespaces, and exits as that does: 128 + n
 * for a signal, where unshare(1) would fail to say so. What it says of signals itself is nobody's output.
 */
export const WAITING_SCRIPT = `
exec 3>&2 2>/dev/null
setpriv --pdeathsig KILL sh -c "$@" 2>&3 3>&-
exit $?
`;
