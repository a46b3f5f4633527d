import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { agentNamed } from "../agents/registry.ts";
import { arg, on, textFlag } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import { ASK_TRUST } from "../domain/words.ts";
import { cloneRepo } from "../git/clone.ts";
import { parseRemote } from "../git/remote.ts";
import { openRepo, type Repo } from "../git/repo.ts";
import { setUpstreamRemotes } from "../git/remotes.ts";
import { addProject, updateProject } from "../store/projects.ts";
import { project } from "../store/read.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";
import { nameFor, titleOf } from "./find.ts";
import { type Reply, said } from "./reply.ts";

const OWNER_REPO = /^[\w.-]+\/[\w.-]+$/;

/** `rally onboard [path|owner/repo|url]`: a folder that is there is a path, whatever it looks like. */
export async function onboard(world: World, call: Call): Promise<Reply> {
  const word = arg(call.parsed, "path|owner/repo|url") ?? ".";
  const agent = textFlag(call.parsed, "agent");
  if (agent !== null) agentNamed(agent, world.config);
  const place = await placeOf(world, call, word);
  const opened = await openRepo(place.path);
  refuse(opened, call);
  const repo = await forked(world, call, opened);
  const coordinates = on(call.parsed, "local") ? LOCAL : coordinatesOf(repo, textFlag(call.parsed, "fork"));
  const set = {
    ...coordinates,
    ...(agent === null ? {} : { agent }),
    ...askTrust(call),
    ...team(call),
  };
  const by = { actor: call.actor, at: world.now() };
  const name = nameFor(coordinates.repo ?? repo.root);
  const added = addProject(world.store, by, { name, path: repo.root, cloned: place.cloned, ...set });
  if (!added.added) updateProject(world.store, by, added.id, set);
  const row = project(world.store, added.id);
  if (!row) throw new Error("a project that was added is not there");
  const what = row.repo ? `${titleOf(row)}${row.fork ? ` (pushes to ${row.fork})` : ""}` : `${row.name} (local)`;
  const aside = row.repo === null && !on(call.parsed, "local") ? ["It has no remote on GitHub, so only tasks can be dispatched."] : [];
  return said(`${added.added ? "Onboarded" : "Known already:"} ${what} at ${row.path}`, { id: row.id, name: row.name, repo: row.repo, path: row.path, added: added.added }, {
    aside,
    offers: [{ label: "Dispatch", line: row.repo ? "dispatch" : 'dispatch task "…"' }],
  });
}

type Place = { readonly path: string; readonly cloned: boolean };

async function placeOf(world: World, call: Call, word: string): Promise<Place> {
  const path = resolve(call.cwd, word);
  if (existsSync(path) && statSync(path).isDirectory()) return { path, cloned: false };
  const address = parseRemote(word);
  const slug = OWNER_REPO.test(word) ? { host: "github.com", repo: word } : address;
  if (!slug) throw new Problem("missing", `There is no folder ${path}, and ${word} is no owner/repo and no address.`, { hint: "rally onboard ." });
  const target = join(world.config.projectsDir, ...slug.repo.split("/"));
  if (existsSync(target)) return { path: target, cloned: true };
  call.progress(`cloning ${slug.repo}`);
  await cloneRepo(address ? word : `https://github.com/${slug.repo}.git`, target, { seconds: world.config.limits.gitSeconds });
  return { path: target, cloned: true };
}

function refuse(repo: Repo, call: Call): void {
  if (repo.bare) throw new Problem("git", `${repo.root} is a bare repository: agents need a checkout.`, { hint: `git clone ${repo.root}` });
  if (repo.empty) throw new Problem("git", `${repo.root} has no commits yet: there is nothing to start from.`, { hint: `git -C ${repo.root} commit --allow-empty -m "Begin"` });
  if (on(call.parsed, "local") && textFlag(call.parsed, "fork") !== null)
    throw new Problem("usage", "--local and --fork exclude each other.");
}

async function forked(_world: World, call: Call, repo: Repo): Promise<Repo> {
  const fork = textFlag(call.parsed, "fork");
  if (fork === null) return repo;
  if (!OWNER_REPO.test(fork)) throw new Problem("usage", `${fork} is not an owner/repo.`, { hint: "rally onboard . --fork me/app" });
  await setUpstreamRemotes(repo, { fork });
  return openRepo(repo.root);
}

type Coordinates = { readonly repo: string | null; readonly host: string; readonly remote: string | null; readonly pushRemote: string | null; readonly fork: string | null };
const LOCAL: Coordinates = { repo: null, host: "github.com", remote: null, pushRemote: null, fork: null };

/** Base from `upstream` where there is a fork, else from `origin`, else from the only remote. */
function coordinatesOf(repo: Repo, fork: string | null): Coordinates {
  const names = Object.keys(repo.remotes);
  const remote = fork !== null && names.includes("upstream") ? "upstream" : names.includes("origin") ? "origin" : (names[0] ?? null);
  if (remote === null) return LOCAL;
  const from = parseRemote(repo.remotes[remote]?.fetch ?? "");
  const pushRemote = fork === null ? remote : "origin";
  if (!from) return { ...LOCAL, remote, pushRemote };
  return { repo: from.repo, host: from.host, remote, pushRemote, fork };
}

function askTrust(call: Call) {
  const wanted = textFlag(call.parsed, "ask-trust");
  const found = ASK_TRUST.find((value) => value === wanted);
  return found ? { askTrust: found } : {};
}

function team(call: Call) {
  const dir = textFlag(call.parsed, "team");
  if (dir === null) return {};
  const path = resolve(call.cwd, dir);
  if (!existsSync(path) || !statSync(path).isDirectory())
    throw new Problem("missing", `The team's folder ${path} is not there.`, { hint: "--team <folder>" });
  return { team: path };
}
