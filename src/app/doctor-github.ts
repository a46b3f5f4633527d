import { Problem } from "../domain/problem.ts";
import { GitHubFailure } from "../github/failure.ts";
import { makeGitHub, memoryFolder } from "../github/pick.ts";
import { type FoundToken, findToken } from "../github/token.ts";
import { run } from "../process.ts";
import { budgets, httpCache } from "../store/http-cache.ts";
import { projects } from "../store/read.ts";
import { bad, type Check, guarded, ok, type Patient, storeOf, warn } from "./doctor-check.ts";

const ANSWERS_WITHIN_MS = 5_000;

/** Each host that a project is on: whose token it is and where it came from, whether it is taken, what is left. */
export async function checkGitHub(patient: Patient): Promise<readonly Check[]> {
  const store = storeOf(patient);
  const rows = store ? projects(store).filter((row) => row.repo !== null) : [];
  const hosts = rows.length > 0 ? [...new Set(rows.map((row) => row.host))] : ["github.com"];
  const each = await Promise.all(hosts.map((host) => guarded(host, () => checkHost(patient, host))));
  return [...each.flat(), ...budget(patient)];
}

async function checkHost(patient: Patient, host: string): Promise<readonly Check[]> {
  const { config } = patient;
  const apiUrl = config.github.apiUrl ?? (host === "github.com" ? null : `https://${host}/api/v3`);
  const folder = memoryFolder(apiUrl);
  if (folder !== null) return [ok(host, `the embedded GitHub in ${folder}`)];
  const { env, home } = { env: config.env.all, home: config.env.home };
  const found = await findToken({ token: config.github.token, env, host, run, cwd: home });
  if (found === null)
    return [
      warn(
        host,
        "No token: only what is public can be read.",
        `gh auth login --hostname ${host}, or set GH_TOKEN`,
      ),
    ];
  return [await viewer(patient, { host, apiUrl, found })];
}

type Host = { readonly host: string; readonly apiUrl: string | null; readonly found: FoundToken };

async function viewer(patient: Patient, { host, apiUrl, found }: Host): Promise<Check> {
  const { config, now, log } = patient;
  const store = storeOf(patient);
  const cache = store ? httpCache(store, now) : NO_CACHE;
  const github = await makeGitHub({
    apiUrl,
    token: found.token,
    cache,
    now,
    timeoutMs: ANSWERS_WITHIN_MS,
    retries: false,
    log,
  });
  const origin = found.origin === "config" ? (config.origin["github.token"] ?? "config") : found.origin;
  try {
    const { login } = await github.viewer();
    return ok(host, `${login}, with the token from ${origin}`);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const says = `${error.message} Its token is from ${origin}.`;
    const kind = error.cause instanceof GitHubFailure ? error.cause.kind : null;
    if (kind === "offline") return warn(host, says, "Look at the network, the proxy, and github.api_url.");
    // Only a token that is not taken needs a person; the rest passes.
    return kind === "no_access" ? bad(host, says, error.hint) : warn(host, says, error.hint);
  }
}

const NO_CACHE = { get: () => null, set: () => undefined, budget: () => undefined };

function budget(patient: Patient): Check[] {
  const store = storeOf(patient);
  if (!store) return [];
  return budgets(store).map(({ resource, limit, remaining, resetAt }) => {
    const minutes = Math.max(0, Math.ceil((resetAt - patient.now()) / 60_000));
    const fresh = resetAt <= patient.now();
    const says = fresh
      ? `${limit} of ${limit} requests left`
      : `${remaining} of ${limit} requests left, reset in ${minutes} min`;
    const name = `budget ${resource}`;
    return fresh || remaining > limit / 20
      ? ok(name, says)
      : warn(name, says, "Wait, or see what else uses the token.");
  });
}
