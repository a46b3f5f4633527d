/** Settings that a variable gives where the file does not: the first that is set. */
export const FROM_ENVIRONMENT: Readonly<Record<string, readonly string[]>> = {
  "github.token": ["GH_TOKEN", "GITHUB_TOKEN"],
  "github.api_url": ["GITHUB_API_URL"],
  "chat.slack.bot_token": ["SLACK_BOT_TOKEN"],
  "chat.slack.app_token": ["SLACK_APP_TOKEN"],
  "chat.slack.api_url": ["SLACK_API_URL"],
  "chat.telegram.bot_token": ["TELEGRAM_BOT_TOKEN"],
  "chat.telegram.api_root": ["TELEGRAM_API_ROOT"],
};
