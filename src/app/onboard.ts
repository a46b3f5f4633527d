import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { agentNamed } from "../agents/registry.ts";
import { arg, on, textFlag } from "../domain/grammar-parsed.ts";
import { Problem } from "../domain/problem.ts";
import { ASK_TRUST } from "../domain/words.ts";
import { writtenUrl } from "../git/here.ts";
import { cloneRepo, parseRemote, setUpstreamRemotes } from "../git/remotes.ts";
import { openRepo, type Repo } from "../git/repo.ts";
import { addProject, updateProject } from "../store/projects.ts";
import { project } from "../store/read.ts";
import type { World } from "../world.ts";
import type { Call } from "./call.ts";
import { nameFor, titleOf } from "./find.ts";
import { type Reply, said } from "./reply.ts";

const OWNER_REPO = /^[\w.-]+\/[\w.-]+$/;

/** `rally onboard [path|owner/repo|url]`: a folder that is there is a path, whatever it looks like. */
export async function onboard(world: World, call: Call): Promise<Reply> {
  const word = arg(call.parsed, "repository") ?? ".";
  const agent = textFlag(call.parsed, "agent");
  if (agent !== null) agentNamed(agent, world.config);
  const place = await placeOf(world, call, word);
  const opened = await openRepo(place.path);
  refuse(opened);
  const coordinates = on(call.parsed, "local")
    ? LOCAL
    : await coordinatesOf(opened, textFlag(call.parsed, "fork"));
  const repo = opened;
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
  const what = row.repo
    ? `${titleOf(row)}${row.fork ? ` (pushes to ${row.fork})` : ""}`
    : `${row.name} (local)`;
  const aside =
    row.repo === null && !on(call.parsed, "local")
      ? ["It has no remote on GitHub, so only tasks can be dispatched."]
      : [];
  return said(
    `${added.added ? "Onboarded" : "Known already:"} ${what} at ${row.path}`,
    { id: row.id, name: row.name, repo: row.repo, path: row.path, added: added.added },
    {
      aside,
      offers: [{ label: "Dispatch", line: row.repo ? "dispatch" : 'dispatch task "…"' }],
    },
  );
}

type Place = { readonly path: string; readonly cloned: boolean };

async function placeOf(world: World, call: Call, word: string): Promise<Place> {
  const path = resolve(call.cwd, word);
  if (existsSync(path) && statSync(path).isDirectory()) return { path, cloned: false };
  const address = parseRemote(word);
  const slug = OWNER_REPO.test(word) ? { host: "github.com", repo: word } : address;
  if (!slug)
    throw new Problem("missing", `There is no folder ${path}, and ${word} is no owner/repo and no address.`, {
      hint: "rally onboard .",
    });
  const target = join(world.config.projectsDir, ...slug.repo.split("/"));
  if (existsSync(target)) return { path: target, cloned: true };
  call.progress(`cloning ${slug.repo}`);
  await cloneRepo(address ? word : `https://github.com/${slug.repo}.git`, target, {
    seconds: world.config.limits.gitSeconds,
  });
  return { path: target, cloned: true };
}

function refuse(repo: Repo): void {
  if (repo.bare)
    throw new Problem("git", `${repo.root} is a bare repository: agents need a checkout.`, {
      hint: `git clone ${repo.root}`,
    });
  if (repo.empty)
    throw new Problem("git", `${repo.root} has no commits yet: there is nothing to start from.`, {
      hint: `git -C ${repo.root} commit --allow-empty -m "Begin"`,
    });
}

type Coordinates = {
  readonly repo: string | null;
  readonly host: string;
  readonly remote: string | null;
  readonly pushRemote: string | null;
  readonly fork: string | null;
};
const LOCAL: Coordinates = { repo: null, host: "github.com", remote: null, pushRemote: null, fork: null };

/** Base from the original, pushes to the fork where there is one; else both by `origin`, or by the only remote. */
async function coordinatesOf(repo: Repo, fork: string | null): Promise<Coordinates> {
  const names = Object.keys(repo.remotes);
  const remote = names.includes("origin") ? "origin" : (names[0] ?? null);
  if (remote === null && fork === null) return LOCAL;
  const from = remote === null ? null : await addressOf(repo, remote);
  if (fork !== null) return forked(repo, from, fork);
  return from
    ? { repo: from.repo, host: from.host, remote, pushRemote: remote, fork: null }
    : { ...LOCAL, remote, pushRemote: remote };
}

/** As it was written down first: a mirror that `insteadOf` names is a way there, not another project. */
async function addressOf(repo: Repo, remote: string) {
  return (
    parseRemote((await writtenUrl(repo, remote)) ?? "") ?? parseRemote(repo.remotes[remote]?.fetch ?? "")
  );
}

/** What there is keeps its names. Where `origin` is the fork already, the original is the remote named `upstream`. */
async function forked(
  repo: Repo,
  origin: { readonly repo: string; readonly host: string } | null,
  fork: string,
): Promise<Coordinates> {
  if (!OWNER_REPO.test(fork))
    throw new Problem("usage", `${fork} is not an owner/repo.`, { hint: "rally onboard . --fork me/app" });
  const isOwn = origin?.repo.toLowerCase() === fork.toLowerCase();
  const original = isOwn ? (repo.remotes.upstream ? await addressOf(repo, "upstream") : null) : origin;
  if (!original)
    throw new Problem("usage", `It is not known what ${fork} is a fork of.`, {
      hint: "git remote add upstream <url of the original>",
    });
  const url = (name: string) => `https://${original.host}/${name}.git`;
  const names = await setUpstreamRemotes(repo, { upstream: url(original.repo), fork: url(fork) });
  return { repo: original.repo, host: original.host, ...names, fork };
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
