#!/bin/sh
# Stops this: the core is killed hard, and the server that it ran lives on without a door, with the user's kernels,
# a port and a folder that holds a secret. This shell outlives the core and ends what the core cannot end any more.
#
# guard.sh RUN_ROOT RUN_NAME MARKER
# Standard input is a pipe that only the core holds. Lines on it:
#   group PGID START   the server's process group, and when its leader started
#   done               the core has ended everything itself
# When the pipe breaks without `done`, everything of the run is ended and its folder removed.
# The whole script is one function, so that a changed file never changes a guard that already stands.

guard() {
  set -u
  # A terminal's Ctrl-C or a closed window is meant for the core, not for the one who watches it.
  trap '' INT TERM HUP QUIT PIPE TSTP TTIN TTOU
  cd / || exit 1
  root=$1 name=$2 marker=$3 group='' start=''
  case $name in '' | *[!A-Za-z0-9_-]*) exit 2 ;; esac
  case $marker in '' | *[!A-Za-z0-9_-]*) exit 2 ;; esac
  printf 'ready\n'
  while read -r word number rest; do
    case $word in
      group) group=$number start=$rest ;;
      done) exit 0 ;;
    esac
  done
  # Asked once, while it can be answered: from here on the number stays taken as long as the group has members.
  group_is_ours || group=''
  # 100 ms steps: 3 s to end in order, then up to 60 s of KILL until three looks in a row find nothing
  # (while a process changes its program, its environment cannot be read for a moment).
  end_all TERM
  steps=0
  while [ "$steps" -lt 30 ] && anything_left; do
    nap
    steps=$((steps + 1))
  done
  steps=0 empty=0
  while [ "$steps" -lt 600 ] && [ "$empty" -lt 3 ]; do
    if anything_left; then
      empty=0
      end_all KILL
    else
      empty=$((empty + 1))
    fi
    nap
    steps=$((steps + 1))
  done
  # What could not be ended keeps its record: the next core tries again.
  [ "$empty" -ge 3 ] && rm -rf -- "${root:?}/$name" "$root/$name.json"
  exit 0
}

nap() {
  sleep 0.1 2>/dev/null || sleep 1
}

end_all() {
  for pid in $(marked) $(members); do kill -s "$1" "$pid" 2>/dev/null; done
}

anything_left() {
  [ -n "$(marked)$(members)" ]
}

# A number alone proves nothing: numbers are used again. Either the leader started when ours did, or, where the leader
# is gone and its group lives on, a marked member proves whose group it is.
group_is_ours() {
  [ -n "$group" ] || return 1
  [ -n "$start" ] && [ "$(start_of "$group")" = "$start" ] && return 0
  for pid in $(marked); do
    [ "$(group_of "$pid")" = "$group" ] && return 0
  done
  return 1
}

if [ -r /proc/self/environ ] && [ -r /proc/self/stat ]; then
  # Environments are lists that end in NUL: -z and -x match one whole entry and nothing that merely contains it.
  if printf 'a\0b\0' | grep -qzxF b 2>/dev/null; then exact=-lszxF; else exact=-lsF; fi
  marked() {
    for file in $(grep "$exact" -e "GATEHOUSE_RUN=$marker" /proc/[0-9]*/environ 2>/dev/null); do
      file=${file#/proc/}
      printf '%s\n' "${file%/environ}"
    done
  }
  # The name of a program may hold blanks and brackets; what follows the last bracket does not (proc_pid_stat(5)).
  field_of() {
    { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 0
    field=$2
    # shellcheck disable=SC2086
    set -- ${line##*) }
    shift "$((field - 3))" 2>/dev/null || return 0
    printf '%s' "$1"
  }
  group_of() { field_of "$1" 5; }
  start_of() { field_of "$1" 22; }
  # Living members of the group; zombies only wait to be counted by their parent.
  members() {
    [ -n "$group" ] || return 0
    for file in /proc/[0-9]*/stat; do
      { read -r line <"$file"; } 2>/dev/null || continue
      # shellcheck disable=SC2086
      set -- ${line##*) }
      [ "${3:-}" = "$group" ] || continue
      case $1 in Z | X) continue ;; esac
      file=${file#/proc/}
      printf '%s\n' "${file%/stat}"
    done
  }
else
  marked() {
    ps -axwwE -o pid=,command= 2>/dev/null | while read -r pid rest; do
      case " $rest " in *" GATEHOUSE_RUN=$marker "*) printf '%s\n' "$pid" ;; esac
    done
  }
  group_of() { ps -o pgid= -p "$1" 2>/dev/null | tr -d ' '; }
  start_of() { ps -o lstart= -p "$1" 2>/dev/null | sed 's/ *$//'; }
  members() {
    [ -n "$group" ] || return 0
    ps -axo pid=,pgid=,state= 2>/dev/null | while read -r pid owner state; do
      case $state in Z*) continue ;; esac
      [ "$owner" = "$group" ] && printf '%s\n' "$pid"
    done
  }
fi

guard "$@"
