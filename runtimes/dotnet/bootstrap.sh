# The runtime of .NET functions: finds what _HANDLER names in LAMBDA_TASK_ROOT, and becomes it.
#
#   sh bootstrap.sh [WRAPPER] DOTNET
#
#   Assembly                 Assembly.dll, which speaks the Runtime API itself; else a program Assembly that needs no dotnet
#   Assembly::Type::Method   a class library: our client loads it
#
# Exit statuses above 100 are those of Lambda's own bootstrap.

task=$LAMBDA_TASK_ROOT
handler=$_HANDLER

give_up() {
  echo "Error: $2" >&2
  exit "$1"
}

# The names of what could have been meant.
others() {
  found=$(cd "$task" && ls -- *.runtimeconfig.json 2> /dev/null | sed 's/\.runtimeconfig\.json$//' | head -n 5 | tr '\n' ' ')
  [ -z "$found" ] || echo " The folder has: $found"
}

publish="deploy the whole folder that 'dotnet publish' writes"

case $handler in
  '') give_up 103 "no handler was given: name the executable assembly, or Assembly::Namespace.Type::Method." ;;
  *:*)
    # Only the client can say what is wrong with the rest.
    assembly=${handler%%:*}
    client=${0%/*}/Thaw.DotnetRuntime.dll
    ;;
  *)
    assembly=${handler%.dll}
    client=
    ;;
esac

if [ -z "$client" ] && [ ! -f "$task/$assembly.dll" ]; then
  [ -f "$task/$handler" ] ||
    give_up 104 "executable assembly $task/$assembly.dll or binary $task/$handler not found: name one that is there, or $publish.$(others)"
  # What is left of the arguments is the wrapper, if there is one.
  if [ $# -gt 1 ]; then exec "$1" "$task/$handler"; else exec "$task/$handler"; fi
fi

[ -f "$task/$assembly.runtimeconfig.json" ] || give_up 106 \
  "$task is missing $assembly.runtimeconfig.json: $publish; a class library has one if its project sets GenerateRuntimeConfigurationFiles.$(others)"
[ -n "$client" ] || exec "$@" exec "$task/$assembly.dll"

[ -f "$task/$assembly.deps.json" ] || give_up 105 "$task is missing $assembly.deps.json: $publish."
for dotnet; do :; done
has_ten=
for version in "${dotnet%/*}"/shared/Microsoft.NETCore.App/[1-9][0-9].*; do [ ! -e "$version" ] || has_ten=yes; done
[ -n "$has_ten" ] || give_up 107 "a class library needs .NET 10 or later here, and $dotnet has none: install it, for example by \
'apt-get install dotnet-runtime-10.0', or make the function an executable assembly."

# The client is for .NET 10, whatever the function was built for.
exec "$@" exec --roll-forward LatestMajor --depsfile "$task/$assembly.deps.json" --runtimeconfig "$task/$assembly.runtimeconfig.json" "$client" "$handler"
