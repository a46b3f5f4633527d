/** `rally --help` at 80 columns, written from the declarations by test/docs/help-text.ts, because a module costs more than all its text. */
export const HELP_TEXT = `Rally hands issues and pull requests to agents, each in a worktree of its own.

usage  rally <command> [flags]

hand out work
  dispatch [<target>…]      Hand issues or pull requests to an agent
  dispatch issue <n>…       Hand issues to an agent
  dispatch pr <n>…          Have pull requests reviewed by an agent
  dispatch task "text"      Hand a task in your own words to an agent
  continue <d> ["message"]  Go on in the same session, with a message
  answer <d> "text"         Answer the question that an agent asked
  attach <d>                Sit down at the agent's session yourself
  stop <d>                  Stop the agent's run, or take it out of the line
  retry <d>                 Start the task again, in a new session
  upstream <d>              Mark it as waiting on upstream
  resume <d>                Take it back from upstream

look
  status                    Show every dispatch, what needs you first
  show <d>                  Show all about one, and the facts behind its state
  log <d>                   Show what the agent said and did
  diff <d>                  Show what changed since the base
  path <d>                  Print the path of its worktree
  review <d>                Show the review of a pull request dispatch
  sessions                  List the agents' sessions
  history [<d>]             Show the journal: who changed what, when and why

ship
  push <d>                  Push its branch
  pr <d>                    Push its branch and open a pull request

tidy up
  clean [<d>…]              Remove worktree, branch and record of what is over
  undo <d>                  Bring a cleaned dispatch back
  refresh                   Look at processes, git and GitHub now

set up and run
  onboard [<repository>]    Make a repository known to Rally
  projects                  List the projects
  offboard <project>        Forget a project; its repository stays as it is
  up                        Watch: end and start runs, tell people, see merges
  down                      Stop watching; running agents go on
  dashboard                 Open the dashboard
  open [<d>]                Open the status page in a browser, or a dispatch's
                            page there
  doctor                    Check machine, home and agents; say what to do
  demo                      See the main job done in a temporary home
  link [<platform>]         Make a code that says who you are in a chat
  chat test                 Send a test message to the chats
  config                    Show all settings and where each comes from
  config path               Print the path of config.yaml
  config get <key>          Print one setting
  config set <key> "value"  Change one setting; comments in the file stay
  completion <shell>        Print the completions for a shell
  help [<command>…]         Say what Rally or a command does
  version                   Print the version

for agents, in their worktree
  declare-stage <phase>     Say which stage the work has reached
  ask "question"            Ask a person, and wait a while for the answer

<d> is a dispatch: its number 7, or #42, owner/repo#42, pr#12 where that is one.
Everything takes --project <name|owner/repo>, -C <dir>, --json, --help.
More: rally help <command>
`;
