import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secretsOf } from "../../src/config/secrets.ts";
import { configValues, getConfigValue } from "../../src/config/show.ts";
import { setConfigValue } from "../../src/config/write.ts";
import { loadConfig } from "../../src/config.ts";
import { Problem } from "../../src/domain/problem.ts";
import { problemOf } from "../fixtures/problem.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "rally-config-"));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const env = (more: Record<string, string> = {}) => ({
  HOME: "/home/ana",
  USER: "ana",
  RALLY_HOME: home,
  ...more,
});
const load = (more: Record<string, string> = {}) => loadConfig({ env: env(more), cwd: "/work" });
const write = (text: string) => writeFileSync(join(home, "config.yaml"), text);

async function problemOfPromise(promise: Promise<unknown>): Promise<Problem> {
  const error = await promise.then(
    () => new Error("it was allowed"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof Problem) return error;
  throw error;
}

describe("setting a value", () => {
  const text = () => readFileSync(join(home, "config.yaml"), "utf8");

  test("makes the file, for its owner alone", async () => {
    const inner = join(home, "new");
    await setConfigValue(inner, "capacity", "8");
    expect(readFileSync(join(inner, "config.yaml"), "utf8")).toBe("capacity: 8\n");
    expect(statSync(join(inner, "config.yaml")).mode & 0o777).toBe(0o600);
    expect(statSync(inner).mode & 0o777).toBe(0o700);
    expect(readdirSync(inner)).toEqual(["config.yaml"]);
  });

  test("keeps comments, order and the rest", async () => {
    write("# ours\ncapacity: 3 # few\n\nlimits:\n  # long\n  run_minutes: 90\nmode: work\n");
    chmodSync(join(home, "config.yaml"), 0o644);
    await setConfigValue(home, "limits.run_minutes", "120");
    await setConfigValue(home, "review.models", "opus, gpt");
    await setConfigValue(home, "agents.claude.model", "sonnet");
    expect(text()).toContain(
      "# ours\ncapacity: 3 # few\n\nlimits:\n  # long\n  run_minutes: 120\nmode: work\n",
    );
    expect(load().review.models).toEqual(["opus", "gpt"]);
    expect(load().agents.claude?.model).toBe("sonnet");
    expect(statSync(join(home, "config.yaml")).mode & 0o777).toBe(0o600);
  });

  test("refuses what is not allowed, and the file stays as it was", async () => {
    write("capacity: 3\n");
    expect((await problemOfPromise(setConfigValue(home, "capacty", "8"))).message).toMatch(
      /did you mean capacity/,
    );
    expect((await problemOfPromise(setConfigValue(home, "capacity", "many"))).message).toMatch(
      /whole number/,
    );
    expect((await problemOfPromise(setConfigValue(home, "agents.x.y", "8"))).code).toBe("config");
    expect(text()).toBe("capacity: 3\n");
  });

  test("puts a wrong value right, but does not hide another", async () => {
    write("capacity: many\n");
    await setConfigValue(home, "capacity", "4");
    expect(load().capacity).toBe(4);
    write("capacity: 3\nmode: yolo\n");
    expect((await problemOfPromise(setConfigValue(home, "capacity", "4"))).message).toMatch(/yolo/);
    write("limits: [\n");
    expect((await problemOfPromise(setConfigValue(home, "capacity", "4"))).message).toMatch(/not valid YAML/);
  });

  test("null unsets an optional one", async () => {
    write("agent: claude\n");
    await setConfigValue(home, "agent", "null");
    expect(load().agent).toBeNull();
  });

  test("follows a link, as in a folder of dotfiles", async () => {
    writeFileSync(join(home, "dotfile.yaml"), "capacity: 3\n");
    symlinkSync(join(home, "dotfile.yaml"), join(home, "config.yaml"));
    await setConfigValue(home, "capacity", "5");
    expect(lstatSync(join(home, "config.yaml")).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(home, "dotfile.yaml"), "utf8")).toBe("capacity: 5\n");
  });
});

describe("showing values", () => {
  test("by key, with where each comes from; secrets are not shown", () => {
    write("limits: {run_minutes: 90}\nagents: {claude: {model: opus, env: {KEY: abc}}}\n");
    const config = load({ GH_TOKEN: "ghp_0123456789abcdefghij" });
    expect(getConfigValue(config, "limits.run_minutes")).toMatchObject({ value: 90, origin: "config.yaml" });
    expect(getConfigValue(config, "agents.claude.model").value).toBe("opus");
    expect(getConfigValue(config, "agents.claude.command").value).toBeNull();
    expect(problemOf(() => getConfigValue(config, "limits.runs")).code).toBe("config");
    const all = JSON.stringify(configValues(config));
    expect(all).not.toContain("ghp_");
    expect(all).not.toContain("abc");
    expect(configValues(config).every((setting) => setting.value !== undefined)).toBe(true);
  });

  test("the configured secrets are those of the file and of the environment", () => {
    write("github: {token: token-of-the-file}\n");
    const config = load({
      SLACK_BOT_TOKEN: "a-slack-secret",
      PATH: "/usr/bin:/bin",
      MY_API_KEY: "key-of-mine",
    });
    expect(secretsOf(config).sort()).toEqual(["a-slack-secret", "key-of-mine", "token-of-the-file"]);
  });
});
