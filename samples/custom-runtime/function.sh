# A handler: its argument is the event, its stdout the response, its stderr the log.
handler() {
  local name=world
  [[ $1 =~ \"name\"[[:space:]]*:[[:space:]]*\"([^\"]*)\" ]] && name=${BASH_REMATCH[1]}
  echo "greeting $name" >&2
  printf '{"message":"Hello, %s!"}' "$name"
}
