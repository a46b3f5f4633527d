/** What the app asks for: the same list as in deploy/slack-manifest.yaml, held by a test. */
export const SCOPES = [
  "app_mentions:read",
  "channels:history",
  "chat:write",
  "commands",
  "groups:history",
  "im:history",
  "reactions:write",
] as const;
