CREATE TRIGGER `journal_no_update` BEFORE UPDATE ON `journal`
BEGIN
	SELECT RAISE(ABORT, 'the journal is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `journal_no_delete` BEFORE DELETE ON `journal`
BEGIN
	SELECT RAISE(ABORT, 'the journal is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `journal_no_replace` BEFORE INSERT ON `journal` WHEN EXISTS (SELECT 1 FROM `journal` WHERE `id` = NEW.`id`)
BEGIN
	SELECT RAISE(ABORT, 'the journal is append-only');
END;
