CREATE TABLE `git_facts` (
	`dispatch_id` integer PRIMARY KEY NOT NULL,
	`as_of` integer NOT NULL,
	`worktree_exists` integer NOT NULL,
	`branch_exists` integer NOT NULL,
	`branch_now` text,
	`head` text,
	`commits` integer NOT NULL,
	`files` integer NOT NULL,
	`insertions` integer NOT NULL,
	`deletions` integer NOT NULL,
	`dirty` integer NOT NULL,
	`untracked` integer NOT NULL,
	`unpushed` integer NOT NULL,
	`pushed` integer NOT NULL,
	`in_base` integer NOT NULL,
	`index_stamp` text,
	FOREIGN KEY (`dispatch_id`) REFERENCES `dispatches`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `pr_facts` (
	`dispatch_id` integer PRIMARY KEY NOT NULL,
	`as_of` integer NOT NULL,
	`number` integer NOT NULL,
	`url` text NOT NULL,
	`state` text NOT NULL,
	`draft` integer NOT NULL,
	`head` text NOT NULL,
	`checks` text NOT NULL,
	`conflict` integer NOT NULL,
	`changes_requested` integer NOT NULL,
	`since` integer NOT NULL,
	FOREIGN KEY (`dispatch_id`) REFERENCES `dispatches`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `strays` (
	`worktree` text PRIMARY KEY NOT NULL,
	`project_id` integer NOT NULL,
	`orphan` integer NOT NULL,
	`branch` text,
	`dirty` integer NOT NULL,
	`unpushed` integer NOT NULL,
	`why` text,
	`as_of` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `target_facts` (
	`dispatch_id` integer PRIMARY KEY NOT NULL,
	`as_of` integer NOT NULL,
	`state` text NOT NULL,
	`head` text,
	`reviewed_head` text,
	`since` integer NOT NULL,
	FOREIGN KEY (`dispatch_id`) REFERENCES `dispatches`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `budgets` (
	`resource` text PRIMARY KEY NOT NULL,
	`budget_limit` integer NOT NULL,
	`remaining` integer NOT NULL,
	`reset_at` integer NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `cleaned` (
	`dispatch_id` integer PRIMARY KEY NOT NULL,
	`record` text NOT NULL,
	`archive_ref` text,
	`trash` text,
	`branch_head` text,
	`at` integer NOT NULL,
	`actor` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `cursors` (
	`room` text PRIMARY KEY NOT NULL,
	`journal_id` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `dispatches` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`project_id` integer NOT NULL,
	`kind` text NOT NULL,
	`number` integer,
	`title` text NOT NULL,
	`url` text,
	`author` text,
	`task` text,
	`branch` text,
	`worktree` text,
	`base` text,
	`base_sha` text,
	`status` text NOT NULL,
	`status_since` integer NOT NULL,
	`status_by` text NOT NULL,
	`outcome` text,
	`failure` text,
	`outcome_detail` text,
	`outcome_at` integer,
	`agent` text NOT NULL,
	`model` text,
	`mode` text NOT NULL,
	`sandbox` text NOT NULL,
	`session` text,
	`context` text,
	`done_at` integer,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `dispatches_target` ON `dispatches` (`project_id`,`kind`,`number`) WHERE "dispatches"."number" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `dispatches_status` ON `dispatches` (`status`);--> statement-breakpoint
CREATE INDEX `dispatches_done` ON `dispatches` (`done_at`);--> statement-breakpoint
CREATE TABLE `effects` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`key` text NOT NULL,
	`kind` text NOT NULL,
	`dispatch_id` integer,
	`room` text,
	`payload` text NOT NULL,
	`state` text DEFAULT 'pending' NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_at` integer NOT NULL,
	`error` text,
	`result` text,
	`created_at` integer NOT NULL,
	`done_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `effects_key` ON `effects` (`key`);--> statement-breakpoint
CREATE INDEX `effects_state` ON `effects` (`state`,`next_at`);--> statement-breakpoint
CREATE TABLE `http_cache` (
	`key` text PRIMARY KEY NOT NULL,
	`etag` text NOT NULL,
	`body` text NOT NULL,
	`link` text,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `journal` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` integer NOT NULL,
	`actor` text NOT NULL,
	`layer` text NOT NULL,
	`project_id` integer,
	`dispatch_id` integer,
	`run_id` integer,
	`event` text NOT NULL,
	`from_state` text,
	`to_state` text,
	`why` text,
	`data` text
);
--> statement-breakpoint
CREATE INDEX `journal_dispatch` ON `journal` (`dispatch_id`);--> statement-breakpoint
CREATE TABLE `leases` (
	`name` text PRIMARY KEY NOT NULL,
	`holder` text NOT NULL,
	`until` integer NOT NULL,
	`last_fast_at` integer,
	`last_slow_at` integer
);
--> statement-breakpoint
CREATE TABLE `messages` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`dispatch_id` integer NOT NULL,
	`text` text NOT NULL,
	`actor` text NOT NULL,
	`created_at` integer NOT NULL,
	`run_id` integer,
	FOREIGN KEY (`dispatch_id`) REFERENCES `dispatches`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `projects` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`name` text NOT NULL,
	`repo` text,
	`host` text DEFAULT 'github.com' NOT NULL,
	`path` text NOT NULL,
	`fork` text,
	`remote` text,
	`push_remote` text,
	`base` text,
	`agent` text,
	`ask_trust` text,
	`trusted_at` integer,
	`team` text,
	`cloned` integer DEFAULT false NOT NULL,
	`seen_until` text,
	`slow_at` integer,
	`slow_error` text,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `projects_path` ON `projects` (`path`);--> statement-breakpoint
CREATE TABLE `questions` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`dispatch_id` integer NOT NULL,
	`run_id` integer NOT NULL,
	`text` text NOT NULL,
	`context` text,
	`asked_at` integer NOT NULL,
	`answer` text,
	`closed_by` text,
	`closed_at` integer,
	`delivered_at` integer,
	FOREIGN KEY (`dispatch_id`) REFERENCES `dispatches`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `questions_open` ON `questions` (`dispatch_id`) WHERE "questions"."closed_at" IS NULL;--> statement-breakpoint
CREATE TABLE `runs` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`dispatch_id` integer NOT NULL,
	`role` text NOT NULL,
	`state` text NOT NULL,
	`agent` text NOT NULL,
	`attempt` integer DEFAULT 1 NOT NULL,
	`message` text,
	`resume` integer DEFAULT false NOT NULL,
	`session` text,
	`priority` integer DEFAULT 1 NOT NULL,
	`actor` text NOT NULL,
	`starter` text,
	`pid` integer,
	`pid_start` text,
	`boot` text,
	`pid_ns` text,
	`exit_code` integer,
	`stop_by` text,
	`stop_at` integer,
	`limit_hit` text,
	`outcome` text,
	`failure` text,
	`detail` text,
	`head_before` text,
	`head_after` text,
	`last_output_at` integer,
	`tool` text,
	`words` text,
	`stage` text,
	`stage_at` integer,
	`input_tokens` integer,
	`output_tokens` integer,
	`cost_usd` real,
	`denials` text,
	`created_at` integer NOT NULL,
	`started_at` integer,
	`ended_at` integer,
	`version` integer DEFAULT 1 NOT NULL,
	FOREIGN KEY (`dispatch_id`) REFERENCES `dispatches`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `runs_dispatch` ON `runs` (`dispatch_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `runs_live` ON `runs` (`dispatch_id`) WHERE "runs"."state" IN ('starting', 'running');--> statement-breakpoint
CREATE UNIQUE INDEX `runs_queued` ON `runs` (`dispatch_id`) WHERE "runs"."state" = 'queued';--> statement-breakpoint
CREATE INDEX `runs_state` ON `runs` (`state`);--> statement-breakpoint
CREATE TABLE `settings` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
