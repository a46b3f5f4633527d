import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { agents } from "../../src/agents/registry.ts";
import { type Model, startModel } from "../../src/agents/scripted/model.ts";
import { MOODS } from "../../src/agents/scripted/script.ts";
import { type Script, stepFor } from "../../src/agents/scripted/step.ts";
import { type Bench, openBench } from "./live/bench.ts";
import { request } from "./request.ts";

describe("the scripted agent", () => {
  let bench: Bench;
  beforeAll(() => {
    bench = openBench("scripted", {});
  });
  afterAll(() => bench.close());
  const run = (model: string, more = {}) => bench.run(bench.request("none", { model, ...more }));

  test("finish edits, commits and says so", async () => {
    const { code, reading } = await run("finish");
    expect([code, reading.verdict, reading.outputTokens]).toEqual([0, "ok", 340]);
    expect(bench.git("log", "-1", "--format=%s")).toBe("Take notes on the task");
    expect(bench.git("status", "--short")).toBe("");
  });

  test("it goes on in its session, whatever its mood was", async () => {
    const session = crypto.randomUUID();
    const { reading } = await run("ask", { session, resume: true });
    expect(reading).toMatchObject({ session, verdict: "ok", tool: "shell: git commit" });
  });

  test("nothing changes nothing; dirty leaves what it did uncommitted", async () => {
    const head = bench.git("rev-parse", "HEAD");
    expect((await run("nothing")).reading.verdict).toBe("ok");
    expect(bench.git("status", "--short")).toBe("");
    await run("dirty");
    expect([bench.git("rev-parse", "HEAD"), bench.git("status", "--short")]).toEqual([head, "M NOTES.md"]);
    bench.git("checkout", "-q", "--", ".");
  });

  test("crash dies of a signal, without a last line", async () => {
    const { code, reading } = await run("crash");
    expect([code, reading.verdict, reading.failure]).toEqual([-1, null, null]);
    bench.git("checkout", "-q", "--", ".");
  });

  test("auth fails for a human; ask ends well, for its question is kept elsewhere", async () => {
    const failed = await run("auth");
    expect([failed.code, failed.reading.verdict, failed.reading.failure?.kind]).toEqual([
      1,
      "failed",
      "auth",
    ]);
    expect((await run("ask")).reading).toMatchObject({ verdict: "ok", tool: "shell: rally ask" });
  });

  test("deny tries to push and cannot", async () => {
    const { reading } = await run("deny");
    expect([reading.verdict, reading.denials]).toEqual(["ok", ["shell: git push"]]);
    expect(bench.git("ls-remote", bench.origin, "refs/heads/rally/*")).toBe("");
  });

  for (const mood of ["hang", "slow", "stubborn"] as const)
    test(`${mood} goes on until it is stopped`, async () => {
      const going = bench.start(bench.request("none", { model: mood }));
      const until = Date.now() + 5_000;
      while (Date.now() < until && !going.log().includes('"words"')) await Bun.sleep(10);
      process.kill(-going.pid, "SIGTERM");
      if (mood === "stubborn") {
        expect(await Promise.race([going.ended, Bun.sleep(300).then(() => "still there")])).toBe(
          "still there",
        );
        process.kill(-going.pid, "SIGKILL");
      }
      expect((await going.ended).reading.verdict).toBeNull();
      while (Date.now() < until && bench.marked().length > 0) await Bun.sleep(10);
      expect(bench.marked()).toEqual([]);
      bench.git("checkout", "-q", "--", ".");
    });

  test("background leaves a marked process behind", async () => {
    expect((await run("background")).reading.verdict).toBe("ok");
    expect(bench.marked().length).toBe(1);
  });

  test("an unknown mood is named, with those there are", () => {
    const scripted = agents.scripted;
    expect(() => scripted?.launch(request({ model: "happy" }))).toThrow('no mood "happy"');
    expect(MOODS).toContain("finish");
  });
});

describe("the scripted model", () => {
  let model: Model;
  const script: Script = [{ sh: "git status" }, { say: "Done." }];
  beforeAll(() => {
    model = startModel({
      scripts: { work: script, wrong: [{ error: 429 }], cut: [{ cut: true }], hang: [{ hang: true }] },
    });
  });
  afterAll(() => model.stop());
  const post = (name: string, path: string, body: object, signal?: AbortSignal) =>
    fetch(`${model.base(name)}${path}`, {
      method: "POST",
      body: JSON.stringify(body),
      ...(signal ? { signal } : {}),
    });

  test("each new message of a person begins the script again", () => {
    const user = { role: "user", text: "go", calls: 0 } as const;
    const call = { role: "assistant", text: "", calls: 1 } as const;
    const note = { role: "user", text: "<system-reminder>x</system-reminder>", calls: 0 } as const;
    expect(stepFor(script, [user])).toEqual({ sh: "git status" });
    expect(stepFor(script, [user, call, note])).toEqual({ say: "Done." });
    expect(stepFor(script, [user, call, call])).toEqual({ say: "That is all." });
    expect(stepFor(script, [user, call, user])).toEqual({ sh: "git status" });
  });

  const tools = {
    "/v1/chat/completions": {
      messages: [{ role: "user", content: "go" }],
      tools: [{ type: "function", function: { name: "bash" } }],
    },
    "/v1/responses": { input: "go", tools: [{ type: "function", name: "shell" }] },
    "/v1/messages": { messages: [{ role: "user", content: "go" }], tools: [{ name: "Bash" }] },
    "/v1beta/models/flash:generateContent": {
      contents: [{ role: "user", parts: [{ text: "go" }] }],
      tools: [{ functionDeclarations: [{ name: "run_shell_command" }] }],
    },
  };
  for (const [path, body] of Object.entries(tools)) {
    test(`${path} answers with a tool call, whole and as a stream`, async () => {
      const whole = await (await post("work", path, body)).text();
      expect(whole).toContain("git status");
      const streamed = path.replace(":generate", ":streamGenerate");
      const stream = await post("work", streamed, { ...body, stream: true });
      expect(stream.headers.get("content-type")).toBe("text/event-stream");
      expect(await stream.text()).toMatch(/^(event: .*\n)?data: \{/);
    });

    test(`${path} fails, breaks off and hangs as it is told`, async () => {
      expect((await post("wrong", path, body)).status).toBe(429);
      const cut = await (await post("cut", path, { ...body, stream: true })).text();
      expect(cut).not.toMatch(/\[DONE\]|message_stop|response\.completed|"STOP"/);
      const hanging = post("hang", path, body, AbortSignal.timeout(100)).then((answer) => answer.text());
      await expect(hanging).rejects.toThrow("timed out");
    });
  }

  test("it keeps what it was asked, and says when a script is missing", async () => {
    const answer = await (await post("none", "/v1/messages", tools["/v1/messages"])).text();
    expect(answer).toContain('There is no script \\"none\\".');
    expect(model.seen().at(-1)).toMatchObject({ script: "none", path: "/v1/messages" });
    expect((await post("work", "/v1/nowhere", {})).status).toBe(404);
  });
});
