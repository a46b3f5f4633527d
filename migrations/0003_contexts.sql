CREATE TABLE `contexts` (
	`dispatch_id` integer PRIMARY KEY NOT NULL,
	`text` text NOT NULL,
	FOREIGN KEY (`dispatch_id`) REFERENCES `dispatches`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
INSERT INTO `contexts` (`dispatch_id`, `text`) SELECT `id`, `context` FROM `dispatches` WHERE `context` IS NOT NULL;
--> statement-breakpoint
ALTER TABLE `dispatches` DROP COLUMN `context`;
