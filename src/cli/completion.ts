export type Shell = "bash" | "zsh" | "fish";

/** What a shell reads to complete `rally`: it asks `rally __complete` each time, so it never grows old. */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell];
}

const BASH = `# rally: completion for bash
_rally() {
  local words=() reply value help
  IFS=' ' read -ra words <<<"\${COMP_LINE:0:COMP_POINT}"
  [[ \${COMP_LINE:COMP_POINT-1:1} == ' ' ]] && words+=('')
  COMPREPLY=()
  reply=$(rally __complete "\${words[@]:1}" 2>/dev/null) || return 0
  if [[ $reply == ':files' ]]; then
    compopt -o default 2>/dev/null
    return 0
  fi
  while IFS=$'\\t' read -r value help; do
    [[ -z $value ]] && continue
    [[ \${words[-1]} == *=* ]] && value=\${value#*=}
    COMPREPLY+=("$value")
  done <<<"$reply"
}
complete -F _rally rally
`;

const ZSH = `#compdef rally
# rally: completion for zsh
_rally() {
  local reply line
  local -a found
  reply=$(rally __complete "\${(@)words[2,CURRENT]}" 2>/dev/null) || return 1
  if [[ $reply == ':files' ]]; then
    _files
    return
  fi
  for line in \${(f)reply}; do
    found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe rally found
}
if [[ \${funcstack[1]} == _rally ]]; then
  _rally "$@"
else
  compdef _rally rally
fi
`;

const FISH = `# rally: completion for fish
function __rally_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l found (rally __complete $words[2..-1] "$typed" 2>/dev/null)
    if test "$found" = ':files'
        __fish_complete_path "$typed"
    else
        printf '%s\\n' $found
    end
end
complete -c rally -f -a '(__rally_complete)'
`;

const SCRIPTS: Record<Shell, string> = { bash: BASH, zsh: ZSH, fish: FISH };
