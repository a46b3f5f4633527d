import { expect, test } from "bun:test";
import { join } from "node:path";
import { gitEnvironment, setGitEnvironment } from "../../src/git/environment.ts";
import { judge } from "../../src/git/tame.ts";
import { sandbox } from "./fixture.ts";

const home = await sandbox();

test("the environment is an allow-list; nothing of GIT_* comes from outside", async () => {
  const outside = {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    HOME: join(home, "home"),
    GIT_DIR: "/nowhere",
    GIT_EXTERNAL_DIFF: "evil",
    GIT_CONFIG_COUNT: "1",
    GIT_ALLOW_PROTOCOL: "ext",
    GIT_SSH_COMMAND: "ssh -i key",
    GH_TOKEN: "secret",
    SSH_AUTH_SOCK: "/agent",
    LC_ALL: "de_DE.UTF-8",
    LANGUAGE: "de",
    LD_PRELOAD: "x",
  };
  setGitEnvironment(outside);
  const local = gitEnvironment("local", {}, []);
  const remote = gitEnvironment("remote", {}, []);
  setGitEnvironment({ PATH: outside.PATH, HOME: outside.HOME });
  for (const name of [
    "GH_TOKEN",
    "SSH_AUTH_SOCK",
    "GIT_DIR",
    "GIT_EXTERNAL_DIFF",
    "GIT_SSH_COMMAND",
    "LD_PRELOAD",
    "LANGUAGE",
  ]) {
    expect([name, local[name]]).toEqual([name, undefined]);
  }
  expect(remote).toMatchObject({
    GH_TOKEN: "secret",
    SSH_AUTH_SOCK: "/agent",
    GIT_SSH_COMMAND: "ssh -i key",
  });
  expect(remote.GIT_EXTERNAL_DIFF).toBeUndefined();
  for (const env of [local, remote]) {
    expect(env).toMatchObject({ GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C.UTF-8" });
    expect(env.GIT_ALLOW_PROTOCOL).not.toContain("ext");
    expect(Number(env.GIT_CONFIG_COUNT)).toBeGreaterThan(5);
  }
});

test("what people set in a repository for good reasons stays", () => {
  const own = (key: string, value: string) => ({ scope: "local", key, value });
  const kept = judge([
    own("filter.lfs.process", "git-lfs filter-process"),
    own("filter.lfs.clean", "git-lfs clean -- %f"),
    own("filter.git-crypt.smudge", '"git-crypt" smudge'),
    own("core.sshcommand", "ssh -i ~/.ssh/work -o IdentitiesOnly=yes"),
    own("credential.helper", "store"),
    own("credential.helper", "cache --timeout=3600"),
    { scope: "global", key: "filter.mine.clean", value: "/home/ana/bin/clean" },
    { scope: "global", key: "core.sshcommand", value: "/home/ana/bin/ssh" },
  ]);
  expect(kept.overrides).toEqual([]);
  const dropped = judge([
    { scope: "global", key: "credential.https://github.com.helper", value: "!gh auth git-credential" },
    own("credential.https://github.com.helper", "!evil"),
    own("core.sshcommand", "ssh -o ProxyCommand=evil"),
    own("filter.lfs.clean", "git-lfs clean; evil"),
    own("lfs.customtransfer.x.path", "evil"),
  ]);
  expect(dropped.overrides).toEqual([
    ["core.sshcommand", "ssh"],
    ["filter.lfs.clean", ""],
    ["filter.lfs.smudge", ""],
    ["filter.lfs.process", ""],
    ["filter.lfs.required", "false"],
    ["credential.https://github.com.helper", ""],
    ["credential.https://github.com.helper", "!gh auth git-credential"],
  ]);
});
