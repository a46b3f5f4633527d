import { answerFor, workingDirectory } from "./call.ts";
import { chat } from "./chat.ts";
import { gemini } from "./gemini.ts";
import { messages } from "./messages.ts";
import { INPUT_TOKENS, type Protocol } from "./protocol.ts";
import { responses } from "./responses.ts";
import { type Script, stepFor } from "./step.ts";
import { silence } from "./stream.ts";

export type Seen = { readonly script: string; readonly path: string; readonly body: unknown };

export type Model = {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Where the agent finds the model that follows this script: `<url>/s/<name>`, without `/v1`. */
  base(script: string): string;
  /** The last requests, oldest first, at most 200. */
  seen(): readonly Seen[];
  stop(): Promise<void>;
};

const SEEN_MAX = 200;

/**
 * A model on loopback that follows scripts and speaks the APIs of all the agents Rally knows: chat completions,
 * responses, messages, generateContent. The script is named in the path, so that the agent's prompt is left alone.
 */
export function startModel(options: { readonly scripts: Readonly<Record<string, Script>> }): Model {
  const seen: Seen[] = [];
  let requests = 0;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const url = new URL(request.url);
      const [, name = "", path = url.pathname] = /^\/s\/([^/]+)(\/.*)$/.exec(url.pathname) ?? [];
      const body = await bodyOf(request);
      if (seen.length >= SEEN_MAX) seen.shift();
      seen.push({ script: name, path, body });
      requests += 1;
      const script = options.scripts[name] ?? [{ say: `There is no script "${name}".` }];
      return respond(path, body, script, `${requests}`);
    },
  });
  const url = `http://127.0.0.1:${server.port}`;
  return {
    url,
    base: (script) => `${url}/s/${script}`,
    seen: () => seen,
    stop: () => server.stop(true),
  };
}

async function bodyOf(request: Request): Promise<unknown> {
  const text = await request.text();
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return text;
  }
}

function respond(path: string, body: unknown, script: Script, id: string): Response {
  if (path.endsWith("/models")) return Response.json(MODELS);
  if (path.endsWith("/count_tokens")) return Response.json({ input_tokens: INPUT_TOKENS });
  if (path.endsWith(":countTokens")) return Response.json({ totalTokens: INPUT_TOKENS });
  const protocol = protocolOf(path);
  if (!protocol) return Response.json({ error: { message: `nothing at ${path}` } }, { status: 404 });
  const asked = protocol.read(body);
  const step = stepFor(script, asked.turns);
  if ("error" in step)
    return Response.json(protocol.error(step.error, step.message ?? `scripted error ${step.error}`), {
      status: step.error,
    });
  if ("hang" in step) return silence();
  if ("cut" in step) return protocol.broken(asked, id);
  // Without tools it is a side question: a title, a summary.
  if (asked.tools.length === 0) return protocol.answer(asked, { say: "A scripted title" }, id, body);
  const cwd = workingDirectory(JSON.stringify(body).replaceAll("\\n", "\n"));
  return protocol.answer(asked, answerFor(step, asked.tools, cwd), id, body);
}

function protocolOf(path: string): Protocol | null {
  if (path.endsWith("/chat/completions")) return chat;
  if (path.endsWith("/responses")) return responses;
  if (path.endsWith("/messages")) return messages;
  const [, model, way] = /\/models\/([^:/]+):(generateContent|streamGenerateContent)$/.exec(path) ?? [];
  return model ? gemini(model, way === "streamGenerateContent") : null;
}

const MODELS = {
  object: "list",
  data: [
    {
      id: "scripted",
      object: "model",
      created: 1_700_000_000,
      owned_by: "rally",
      type: "model",
      display_name: "Scripted",
    },
  ],
};
