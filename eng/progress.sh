# Sourced: runs a long step with a sign of life on stderr, and shows what it said only when it failed.
# step WHAT COMMAND... ; the step's output is in $step_log afterwards.

progress_name=${progress_name:-thaw}
step_log=${step_log:-/dev/null}

step() {
  local what=$1 began=$SECONDS status=0 shown=0
  shift
  # A process group of its own (set -m), so that ending it ends everything that it started.
  set -m
  "$@" > "$step_log" 2>&1 < /dev/null 9>&- &
  local child=$!
  set +m
  trap 'kill -- "-$child" 2> /dev/null; exit 143' INT TERM HUP
  [[ -t 2 ]] || printf '%s: %s\n' "$progress_name" "$what" >&2
  while kill -0 "$child" 2> /dev/null; do
    if [[ -t 2 ]]; then
      printf '\r\033[K%s: %s (%d s)' "$progress_name" "$what" $((SECONDS - began)) >&2
    elif ((SECONDS - began >= shown + 15)); then
      shown=$((SECONDS - began))
      printf '%s: %s, still at it after %d s\n' "$progress_name" "$what" "$shown" >&2
    fi
    sleep 0.2
  done
  wait "$child" || status=$?
  trap - INT TERM HUP
  local word=done
  ((status == 0)) || word=failed
  [[ ! -t 2 ]] || printf '\r\033[K' >&2
  printf '%s: %s: %s after %d s\n' "$progress_name" "$what" "$word" $((SECONDS - began)) >&2
  return "$status"
}

# Finds the .NET SDK, in the PATH or where its installers put it, or says what to do.
need_dotnet() {
  local place
  if ! command -v dotnet > /dev/null; then
    for place in "${DOTNET_ROOT:-}" "${HOME:-}/.dotnet" /usr/share/dotnet /usr/lib/dotnet /usr/local/share/dotnet; do
      if [[ -x $place/dotnet ]]; then
        export PATH=$PATH:$place
        break
      fi
    done
  fi
  if ! command -v dotnet > /dev/null || ! (cd "$root" && dotnet --version > /dev/null 2>&1); then
    {
      echo "$progress_name: the .NET 10 SDK is missing. Install it, then run this again:"
      echo '  Debian, Ubuntu    apt-get install dotnet-sdk-10.0   (or https://learn.microsoft.com/dotnet/core/install/linux)'
      echo '  macOS             brew install dotnet-sdk'
      echo '  anywhere          https://dotnet.microsoft.com/download'
    } >&2
    return 1
  fi
  # The SDK wants a home; a bare service environment has none.
  if [[ -z ${HOME:-} ]]; then
    export HOME=$root/artifacts/home
    mkdir -p "$HOME"
  fi
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
}

# Options of a build for one warm compiler of its own, wherever the machine's settings would start a cold one for each project.
# Whoever builds with them calls stop_compiler afterwards.
compiler_name=thaw-compiler-$$
compiler=(-p:UseSharedCompilation=true "-p:SharedCompilationId=$compiler_name")

# What ahead-of-time programs may take for granted: they are built where they run, and text takes fewer steps with what machines have had
# since 2013. On one that has it not, such a program says so and ends.
instructions=()
has_instructions() {
  local one
  [[ $(uname -sm) == 'Linux x86_64' ]] || return 1
  for one in avx2 bmi1 bmi2 f16c fma abm movbe; do grep -qwm1 "$one" /proc/cpuinfo || return 1; done
}
! has_instructions || instructions=(-p:IlcInstructionSet=x86-64-v3)

stop_compiler() {
  ! command -v pkill > /dev/null || pkill -f -- "-pipename:$compiler_name" || true
}

# Puts a CRIU beside the system in /opt/criu where there is none that makes snapshots, which takes 4.2 and few releases have. False when
# there is none then.
need_criu() {
  ! has_criu || return 0
  [[ $(id -u) == 0 ]] && command -v apt-get timeout > /dev/null || return 1
  step 'CRIU for SnapStart, beside the system in /opt/criu' timeout 120 "$root/eng/install-criu"
}

has_criu() {
  local program
  for program in "$(command -v criu || true)" /opt/criu/criu; do
    [[ ! -x $program ]] || ! printf '%s\n' 'Version: 4.2' "$("$program" --version 2> /dev/null | head -n 1)" | sort -CV || return 0
  done
  return 1
}

# Installs the named Debian packages that are missing; false when that cannot be done here.
need_debian_packages() {
  local package missing=()
  command -v dpkg-query > /dev/null || return 1
  for package in "$@"; do
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2> /dev/null) == installed ]] || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  [[ $(id -u) == 0 ]] && command -v apt-get > /dev/null || return 1
  export DEBIAN_FRONTEND=noninteractive
  step "installing ${missing[*]}" apt_install "${missing[@]}"
}

apt_install() {
  apt-get install --yes --no-install-recommends "$@" || { apt-get update && apt-get install --yes --no-install-recommends "$@"; }
}
