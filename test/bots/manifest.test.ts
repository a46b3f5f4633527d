import { expect, test } from "bun:test";
import { join } from "node:path";
import { SCOPES } from "../../bots/slack/scopes.ts";
import { COMMANDS } from "../../src/domain/commands.ts";

type Manifest = {
  readonly features: {
    readonly slash_commands: readonly { readonly command: string; readonly description: string }[];
  };
  readonly oauth_config: { readonly scopes: { readonly bot: readonly string[] } };
  readonly settings: { readonly socket_mode_enabled: boolean };
};

const file = Bun.file(join(import.meta.dir, "../../deploy/slack-manifest.yaml"));
const manifest = Bun.YAML.parse(await file.text()) as Manifest;

test("the manifest asks for the scopes that the doctor looks for", () => {
  expect(manifest.oauth_config.scopes.bot).toEqual([...SCOPES]);
  expect(manifest.settings.socket_mode_enabled).toBe(true);
});

test("every slash command of the manifest is a command of a chat, and is short enough for Slack", () => {
  const names = COMMANDS.filter((one) => one.surfaces.includes("chat")).map((one) => `/${one.name}`);
  const { slash_commands: slashes } = manifest.features;
  expect(
    slashes.map((one) => one.command).filter((name) => name !== "/rally" && !names.includes(name)),
  ).toEqual([]);
  expect(slashes.length).toBeLessThanOrEqual(50);
  for (const { description } of slashes) expect(description.length).toBeLessThan(100);
});
