CREATE TABLE `chat_accounts` (
	`platform` text NOT NULL,
	`account` text NOT NULL,
	`person` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`platform`, `account`)
);
--> statement-breakpoint
CREATE TABLE `chat_codes` (
	`hash` text PRIMARY KEY NOT NULL,
	`platform` text NOT NULL,
	`person` text NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `chat_follows` (
	`room` text NOT NULL,
	`project_id` integer DEFAULT 0 NOT NULL,
	`dispatch_id` integer DEFAULT 0 NOT NULL,
	`by` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`room`, `project_id`, `dispatch_id`)
);
--> statement-breakpoint
CREATE TABLE `chat_messages` (
	`room` text NOT NULL,
	`message` text NOT NULL,
	`kind` text NOT NULL,
	`dispatch_id` integer,
	`thread` text,
	`body` text NOT NULL,
	`stand` text,
	`live` integer NOT NULL,
	`stale` integer DEFAULT false NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`room`, `message`)
);
--> statement-breakpoint
CREATE INDEX `chat_messages_live` ON `chat_messages` (`live`);--> statement-breakpoint
CREATE INDEX `chat_messages_dispatch` ON `chat_messages` (`dispatch_id`);--> statement-breakpoint
CREATE TABLE `chat_offers` (
	`id` text PRIMARY KEY NOT NULL,
	`room` text NOT NULL,
	`message` text,
	`dispatch_id` integer,
	`line` text NOT NULL,
	`label` text NOT NULL,
	`role` text NOT NULL,
	`head` text,
	`takes_text` integer DEFAULT false NOT NULL,
	`account` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`used_at` integer,
	`used_by` text
);
--> statement-breakpoint
CREATE INDEX `chat_offers_message` ON `chat_offers` (`room`,`message`);--> statement-breakpoint
CREATE TABLE `chat_rooms` (
	`id` text PRIMARY KEY NOT NULL,
	`platform` text NOT NULL,
	`chat` text NOT NULL,
	`title` text NOT NULL,
	`gone` text,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `chat_updates` (
	`platform` text NOT NULL,
	`id` text NOT NULL,
	`at` integer NOT NULL,
	`room` text NOT NULL,
	`account` text NOT NULL,
	`text` text NOT NULL,
	`done_at` integer,
	PRIMARY KEY(`platform`, `id`)
);
