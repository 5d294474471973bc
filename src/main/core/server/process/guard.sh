#!/bin/sh
# Stops this: the core is killed hard, and the server that it ran lives on without a door, with the user's
# kernels, a port and a folder that holds a secret. This shell outlives the core and ends what the core cannot
# end any more.
#
# guard.sh RUN_ROOT RUN_NAME Standard input is a pipe that only the core holds. Lines on it: marker MARKER
# the first one; then the guard says "ready" group PGID START   the server's process group, and when its
# leader started done               the core has ended everything itself When the pipe breaks without `done`,
# everything of the run is ended and its folder removed. The marker is on the pipe and on nobody's command
# line: every account of the computer may read those. The whole script is one function, so that a changed file
# never changes a guard that already stands.

guard() {
  set -u
  # A terminal's Ctrl-C or a closed window is meant for the core, not for the one who watches it.
  trap '' INT TERM HUP QUIT PIPE TSTP TTIN TTOU
  cd / || exit 1
  root=$1 name=$2 marker='' group='' start='' rows='' family=''
  case $name in '' | *[!A-Za-z0-9_-]*) exit 2 ;; esac
  read -r word marker || exit 2
  [ "$word" = marker ] || exit 2
  case $marker in '' | *[!A-Za-z0-9_-]*) exit 2 ;; esac
  account=$(id -ru) || exit 2
  printf 'ready\n'
  while read -r word number rest; do
    case $word in
      group) group=$number start=$(printf '%s' "$rest" | tr -s ' ' '_') ;;
      done) exit 0 ;;
    esac
  done
  # Asked once, while it can be answered: from here on the number stays taken as long as the group has
  # members.
  group_is_ours || group=''
  # 100 ms steps: 3 s to end in order, then up to 60 s of KILL until three looks in a row find nothing
  # (while a process changes its program, its environment cannot be read for a moment).
  look
  end_all TERM
  steps=0
  while [ "$steps" -lt 30 ] && [ -n "$family" ]; do
    nap
    look
    steps=$((steps + 1))
  done
  steps=0 empty=0
  while [ "$steps" -lt 600 ] && [ "$empty" -lt 3 ]; do
    look
    if [ -n "$family" ]; then
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

# Exactly these processes: one whose number was taken over by another since the look is left alone.
end_all() {
  for one in $family; do
    row_of "${one%%:*}" && split && [ "$pid:$begun" = "$one" ] && kill -s "$1" "$pid" 2>/dev/null
  done
}

# A row is PID:PARENT:GROUP:SESSION:STATE:START.
split() {
  pid=${row%%:*} rest=${row#*:}
  parent=${rest%%:*} rest=${rest#*:}
  owner=${rest%%:*} rest=${rest#*:}
  session=${rest%%:*} rest=${rest#*:}
  state=${rest%%:*} begun=${rest#*:}
}

add() {
  # Zombies only wait to be counted by their parent.
  case $state in Z* | X*) return ;; esac
  [ "$pid" -gt 1 ] && [ "$pid" != "$$" ] || return
  found="$found$pid " family="$family $pid:$begun" grown=yes
}

# Sets `family`, as PID:START: what carries the marker, what is in the group or session of the leader, what
# was seen to belong to the run before (its parent may have ended since), and whatever any of these started.
look() {
  rows=$(table) marks=" $(marked | tr '\n' ' ') " known="$family " found=' ' family='' grown=yes
  for row in $rows; do
    split
    if [ -n "$group" ] && { [ "$owner" = "$group" ] || [ "$session" = "$group" ]; }; then
      add
      continue
    fi
    case "$marks$known" in *" $pid "* | *" $pid:$begun "*) add ;; esac
  done
  while [ -n "$grown" ]; do
    grown=''
    for row in $rows; do
      split
      case $found in *" $pid "*) continue ;; esac
      case $found in *" $parent "*) add ;; esac
    done
  done
}

# A number alone proves nothing: numbers are used again. Either the leader started when ours did, or, where
# the leader is gone and its group lives on, a marked member proves whose group it is.
group_is_ours() {
  case $group in '' | *[!0-9]*) return 1 ;; esac
  row_of "$group" && split && [ "$begun" = "$start" ] && return 0
  for one in $(marked); do
    row_of "$one" && split && [ "$owner" = "$group" ] && return 0
  done
  return 1
}

if [ -r /proc/self/environ ] && [ -r /proc/self/stat ]; then
  # Environments are lists that end in NUL: -z and -x match one whole entry and nothing that merely contains
  # it.
  if printf 'a\0b\0' | grep -qzxF b 2>/dev/null; then exact=-lszxF; else exact=-lsF; fi
  # Of our own account only: anybody may write the marker into an environment.
  marked() {
    for file in $(printf 'GATEHOUSE_RUN=%s\n' "$marker" | grep "$exact" -f - /proc/[0-9]*/environ 2>/dev/null); do
      file=${file%/environ}
      own "$file/status" && printf '%s\n' "${file#/proc/}"
    done
  }
  # The real user, which a program with more rights does not change. Not the owner of the file, which a
  # process can make root.
  own() {
    {
      while read -r word number rest; do
        [ "$word" = Uid: ] || continue
        [ "$number" = "$account" ]
        return
      done <"$1"
    } 2>/dev/null
    return 1
  }
  # The name of a program may hold blanks, brackets and line ends; what follows the last bracket does not
  # (proc_pid_stat(5)).
  row_of() {
    line=''
    { while read -r part; do line="$line $part"; done <"/proc/$1/stat"; } 2>/dev/null || return 1
    number=$1
    # shellcheck disable=SC2086
    set -- ${line##*) }
    [ "$#" -ge 20 ] || return 1
    row="$number:$2:$3:$4:$1:${20}"
  }
  table() {
    for file in /proc/[0-9]*; do
      row_of "${file#/proc/}" && printf '%s\n' "$row"
    done
  }
else
  marked() {
    ps -axwwE -o pid=,ruid=,command= 2>/dev/null | while read -r pid owner rest; do
      [ "$owner" = "$account" ] || continue
      case " $rest " in *" GATEHOUSE_RUN=$marker "*) printf '%s\n' "$pid" ;; esac
    done
  }
  # Their session is not a number that could be compared, so the group stands for it.
  rows_of() {
    ps "$@" -o pid=,ppid=,pgid=,state=,lstart= 2>/dev/null | while read -r pid parent owner state rest; do
      # shellcheck disable=SC2086
      set -- $rest
      printf '%s:%s:%s:%s:%s:%s_%s_%s_%s_%s\n' "$pid" "$parent" "$owner" "$owner" "$state" "${1:-}" "${2:-}" "${3:-}" "${4:-}" "${5:-}"
    done
  }
  row_of() {
    row=$(rows_of -p "$1")
    [ -n "$row" ]
  }
  table() { rows_of -ax; }
fi

guard "$@"
