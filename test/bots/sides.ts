import { slack } from "../../bots/slack/slack.ts";
import { telegram } from "../../bots/telegram/telegram.ts";
import type { World } from "../../src/world.ts";
import { running } from "./home.ts";
import { labelsOf, wordsOf } from "./slack/api.ts";
import { slackServer } from "./slack/server.ts";
import { telegramServer } from "./telegram/server.ts";

/** A real platform's client at its stand-in, and what people do there, in the platform's own way. */
export type Side = {
  readonly name: "slack" | "telegram";
  /** The ids of: nobody's, a viewer, an operator, an admin. */
  readonly people: {
    readonly eve: string;
    readonly vi: string;
    readonly ana: string;
    readonly root: string;
  };
  readonly room: string;
  readonly other: string;
  start(world: World): { stop(): Promise<string> };
  /** Said in the room; gives what `replay` takes. */
  says(account: string, line: string, name?: string): Promise<string>;
  replay(what: string): Promise<void>;
  /** A button of the newest message that has it; another room, or another offer than its own. */
  presses(account: string, label: string, how?: { room?: string; offer?: string }): Promise<void>;
  /** All that was shown, to everybody or to one. */
  texts(): string[];
  labels(): string[];
  close(): Promise<void>;
};

const quiet = { say: () => undefined, heard: () => undefined };

export function telegramSide(): Side {
  const api = telegramServer();
  const group = api.chat({ id: -1007, type: "supergroup", title: "team" });
  api.chat({ id: -1008, type: "supergroup", title: "other" });
  return {
    name: "telegram",
    people: { eve: "666", vi: "9", ana: "1", root: "7" },
    ...{ room: "-1007", other: "-1008", close: api.close },
    start: (world) =>
      running(world, telegram({ ...quiet, token: api.token, apiRoot: api.root, log: world.log })),
    says: async (account, line, name) =>
      String(api.says(group, Number(account), line, name === undefined ? {} : { name })),
    replay: async (update) => api.repeat(Number(update)),
    presses: async (account, label, { room, offer } = {}) => {
      const on = api.posted.findLast(({ buttons }) => buttons.some(({ text }) => text === label));
      if (!on) throw new Error(`no button ${label}`);
      api.presses(Number(account), room ? { ...on, chat: Number(room) } : on, label, offer);
    },
    texts: () => [...api.posted.map(({ text }) => text), ...api.alerts],
    labels: () => api.posted.flatMap(({ buttons }) => buttons.map(({ text }) => text)),
  };
}

export function slackSide(): Side {
  const api = slackServer();
  const { botToken, appToken, apiUrl } = api;
  return {
    name: "slack",
    people: { eve: "U666", vi: "U9", ana: "U1", root: "U7" },
    ...{ room: "C1", other: "C2", close: api.close, replay: api.replay },
    start: (world) => running(world, slack({ ...quiet, botToken, appToken, apiUrl, log: world.log })),
    says: (account, line, name) => api.command(account, "C1", line, name),
    presses: async (account, label, { room, offer } = {}) => {
      const on = api.posted.findLast((one) => labelsOf(one).includes(label));
      if (!on) throw new Error(`no button ${label}`);
      const more = { ...(room ? { channel: room } : {}), ...(offer ? { value: offer } : {}) };
      await api.presses(account, on, label, more);
    },
    texts: () => [...api.posted.map(wordsOf), ...api.responses.map((one) => JSON.stringify(one))],
    labels: () => api.posted.flatMap(labelsOf),
  };
}
