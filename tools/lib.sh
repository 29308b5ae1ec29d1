# What the scripts in this folder share: messages, steps with their time, the official specification
# files, builds by preset. Sourced by bash, never run; it moves to the root of the repository.
# shellcheck shell=bash

script=$(realpath -- "$0")
caller=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2

bold='' red='' green='' yellow='' plain=''
if [[ -t 1 && -t 2 && -z ${NO_COLOR:-} ]]; then
  bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' yellow=$'\e[33m' plain=$'\e[0m'
fi

# die TEXT...: bad use, or a machine on which the work cannot be done.
die() {
  printf '%serror:%s %s\n' "$red" "$plain" "$1" >&2
  shift
  (($# == 0)) || printf '       %s\n' "$@" >&2
  exit 2
}

# usage: prints the comment at the head of the script, which is its help.
usage() {
  sed -n '2,/^[^#]/{/^#/!d;s/^# \{0,1\}//;p}' "$script"
}

step_name='' step_start=0
step() {
  step_name=$1
  step_start=$SECONDS
  printf '%s==> %s%s\n' "$bold" "$step_name" "$plain"
}

# step_done RESULT
step_done() {
  printf '    %s%s%s (%d s)\n' "$green" "$1" "$plain" $((SECONDS - step_start))
}

# step_failed WHAT
step_failed() {
  printf '    %sFAILED: %s%s (%d s)\n' "$red" "$1" "$plain" $((SECONDS - step_start))
}

readonly cmap_format=source/connection-monitoring-and-pooling/tests/cmap-format

# from_caller PATH: absolute, a relative one as seen from the folder the user stands in.
from_caller() {
  (cd "$caller" && realpath -m -- "$1")
}

# find_specifications [DIR]: exports CMAP_SPECIFICATIONS, absolute, from the option, the environment or
# the folder that tools/fetch-specifications fills; unsets it where there is none.
find_specifications() {
  local directory=${1:-${CMAP_SPECIFICATIONS:-}}
  if [[ -n $directory ]]; then
    directory=$(from_caller "$directory")
  elif [[ -d specifications/$cmap_format ]]; then
    directory=$PWD/specifications
  else
    unset CMAP_SPECIFICATIONS
    return
  fi
  [[ -d $directory/$cmap_format ]] ||
    die "no official files in '$directory'" "expected the folder $directory/$cmap_format" \
      "a checkout can be made with: tools/fetch-specifications"
  export CMAP_SPECIFICATIONS=$directory
}

# Says on standard error, so that nobody overlooks it, that the official files do not take part.
warn_without_specifications() {
  [[ -z ${CMAP_SPECIFICATIONS:-} ]] || return 0
  printf '%s' "$yellow" >&2
  cat >&2 <<'BOX'
+----------------------------------------------------------------------------+
| WARNING: the official specification files are NOT part of this run.        |
|                                                                            |
| They cannot be shipped with cmap. With a network:                          |
|     tools/fetch-specifications                                             |
| or name a checkout: --specifications DIR, or CMAP_SPECIFICATIONS=DIR       |
+----------------------------------------------------------------------------+
BOX
  printf '%s' "$plain" >&2
}

# build_preset PRESET [TARGET...]: configures where needed and builds, quiet unless it fails. Fails
# with the output of what went wrong; all of it is in build/PRESET/*.log.
build_preset() {
  local preset=$1 directory=build/$1
  shift
  mkdir -p "$directory"
  if [[ ! -f $directory/build.ninja || CMakePresets.json -nt $directory/build.ninja ]]; then
    cmake --preset "$preset" >"$directory/configure.log" 2>&1 || {
      cat "$directory/configure.log"
      return 1
    }
  fi
  local arguments=(--build "$directory" -j "$(nproc)")
  (($# == 0)) || arguments+=(--target "$@")
  if [[ -t 1 ]]; then
    cmake "${arguments[@]}"
  else
    cmake "${arguments[@]}" >"$directory/build.log" 2>&1 || {
      grep -vE '^\[[0-9]+/[0-9]+\] ' "$directory/build.log" | head -n 200
      echo "    all of it: $directory/build.log"
      return 1
    }
  fi
}

# run_program PRESET PROGRAM ARGUMENT...: a program of that build. ThreadSanitizer needs address
# randomisation off, where that is allowed.
run_program() {
  local preset=$1 program=$2
  shift 2
  if [[ $preset == tsan ]] && setarch -R true 2>/dev/null; then
    setarch -R "build/$preset/$program" "$@"
  else
    "build/$preset/$program" "$@"
  fi
}
