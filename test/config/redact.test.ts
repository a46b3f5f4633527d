import { describe, expect, test } from "bun:test";
import { redact } from "../../src/redact.ts";

/** Built from pieces, so that no scanner takes this file for a leak. */
const many = (text: string, times: number) => text.repeat(times);
const SECRETS: Readonly<Record<string, string>> = {
  "GitHub classic": `ghp_${many("aB3d", 9)}`,
  "GitHub OAuth": `gho_${many("aB3d", 9)}`,
  "GitHub app": `ghs_${many("aB3d", 9)}`,
  "GitHub fine-grained": `github_pat_${many("A1", 11)}_${many("bC3", 19)}`,
  "Slack bot": `xoxb-${many("1", 12)}-${many("2", 12)}-${many("aZ", 12)}`,
  "Slack user": `xoxp-${many("1", 12)}-${many("aZ", 12)}`,
  "Slack app": `xapp-1-A0${many("B", 9)}-${many("1", 12)}-${many("f0", 32)}`,
  Telegram: `123456789:AA${many("b-C_d", 6)}123`,
  Anthropic: `sk-ant-api03-${many("aB3-", 20)}AA`,
  OpenAI: `sk-proj-${many("aB3d", 12)}`,
  "AWS key id": `AKIA${many("ABCD", 4)}`,
  Google: `AIza${many("aB3-d", 7)}`,
  npm: `npm_${many("aB3d", 9)}`,
  JWT: `eyJ${many("hbGci", 4)}.eyJ${many("zdWIi", 4)}.${many("sig-_", 6)}`,
};

describe("known shapes", () => {
  for (const [name, secret] of Object.entries(SECRETS))
    test(`${name}, wherever it stands`, () => {
      for (const text of [
        secret,
        `x ${secret} y`,
        `"${secret}"`,
        `token=${secret}&a=1`,
        `(${secret})`,
        `a\n${secret}\nb`,
      ]) {
        const clean = redact(text);
        expect(clean).not.toContain(secret);
        expect(clean).toContain("[secret]");
      }
      expect(redact(`a ${secret} b`)).toBe("a [secret] b");
    });

  test("a Telegram token in the address of its API", () => {
    expect(redact(`https://api.telegram.org/bot${SECRETS.Telegram}/getMe`)).toBe(
      "https://api.telegram.org/bot[secret]/getMe",
    );
  });

  test("private keys, also cut off or within JSON", () => {
    const key = `-----BEGIN OPENSSH ${"PRIVATE"} KEY-----\nabc\ndef\n-----END OPENSSH ${"PRIVATE"} KEY-----`;
    expect(redact(`a ${key} b`)).toBe("a [secret] b");
    expect(redact(JSON.stringify({ key }))).toBe('{"key":"[secret]"}');
    expect(redact(key.slice(0, 40))).toBe("[secret]");
    expect(redact(`-----BEGIN PGP ${"PRIVATE"} KEY BLOCK-----\nabc`)).toBe("[secret]");
  });

  test("credentials in addresses", () => {
    expect(redact("https://ana:pw@github.com/a/b")).toBe("https://[secret]@github.com/a/b");
    expect(redact("https://tok@github.com/a/b")).toBe("https://[secret]@github.com/a/b");
    expect(redact("postgres://ana:p%40w@db:5432/x")).toBe("postgres://ana:[secret]@db:5432/x");
    expect(redact("ssh://git@github.com/a/b git@github.com:a/b https://github.com/@ana")).toBe(
      "ssh://git@github.com/a/b git@github.com:a/b https://github.com/@ana",
    );
  });

  test("headers", () => {
    expect(redact("Authorization: Bearer abcdef123")).toBe("Authorization: Bearer [secret]");
    expect(redact("authorization: basic eDp5")).toBe("authorization: basic [secret]");
    expect(redact(JSON.stringify({ headers: { authorization: "token abcdef" } }))).toBe(
      '{"headers":{"authorization":"token [secret]"}}',
    );
    expect(redact("bearer abcdefghijklmnop")).toBe("bearer [secret]");
    expect(redact(`aws_secret_access_key = ${many("aB3/", 10)}`)).toBe("aws_secret_access_key = [secret]");
  });

  test("what is no secret stays", () => {
    for (const text of [
      "a task-with-a-long-name-2024 and risk-assessment-of-something-1",
      "commit da39a3ee5e6b4b0d3255bfef95601890afd80709",
      "100644:da39a3ee5e6b4b0d3255bfef95601890afd80709",
      "12:34:56 at 127.0.0.1:8080",
      "https://github.com/acme/app/issues/42",
      "ghp_ is a prefix, xoxb- too, and sk-",
      "the authorization of people",
    ])
      expect(redact(text)).toBe(text);
  });
});

describe("configured values", () => {
  test("are taken out as they are and encoded, the longest first", () => {
    expect(redact("a hunter2&co b hunter2%26co c hunter2x", ["hunter2&co", "hunter2x"])).toBe(
      "a [secret] b [secret] c [secret]",
    );
    expect(redact("abcdefgh", ["abcdef", "abcdefgh"])).toBe("[secret]");
  });

  test("short ones are not looked for", () => {
    expect(redact("a yes b", ["yes", ""])).toBe("a yes b");
  });
});

test("a megabyte that is made to be slow is done within a second", () => {
  const started = Bun.nanoseconds();
  for (const piece of [
    "-----BEGIN PRIVATE KEY-----",
    "https://aaaaaaaa",
    "eyJaaaaaaaa.",
    "authorization: ",
    "sk-a",
    "a1:",
    "x://a:",
  ])
    redact(piece.repeat(Math.floor(150_000 / piece.length)));
  expect((Bun.nanoseconds() - started) / 1e6).toBeLessThan(1000);
});
