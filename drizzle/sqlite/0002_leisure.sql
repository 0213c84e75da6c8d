CREATE TABLE `leisure_centres` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`address` text NOT NULL,
	`phone` text,
	`email` text,
	`offers` text NOT NULL,
	`to_bring` text NOT NULL,
	`premises` integer NOT NULL,
	`meals` integer NOT NULL,
	`revision` integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `leisure_centres_name` ON `leisure_centres` (`name`);--> statement-breakpoint
CREATE TABLE `leisure_groups` (
	`id` text PRIMARY KEY NOT NULL,
	`centre_id` text NOT NULL,
	`period_id` text NOT NULL,
	`name` text NOT NULL,
	`min_age` integer NOT NULL,
	`max_age` integer NOT NULL,
	`units` text NOT NULL,
	`opens_at` text NOT NULL,
	`closes_at` text NOT NULL,
	`places` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `leisure_groups_plan` ON `leisure_groups` (`centre_id`,`period_id`);--> statement-breakpoint
CREATE INDEX `leisure_groups_period` ON `leisure_groups` (`period_id`);--> statement-breakpoint
CREATE TABLE `leisure_openings` (
	`period_id` text NOT NULL,
	`audience` text NOT NULL,
	`opens_at` text NOT NULL,
	PRIMARY KEY(`period_id`, `audience`)
);
--> statement-breakpoint
CREATE TABLE `leisure_periods` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`from` text NOT NULL,
	`to` text NOT NULL,
	`weekdays` text NOT NULL,
	`pedt` integer NOT NULL,
	`minutes_a_day` integer NOT NULL,
	`cancel_days` integer NOT NULL,
	`allocation` text NOT NULL,
	`copied_from` text,
	`revision` integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `leisure_periods_name` ON `leisure_periods` (`name`);--> statement-breakpoint
CREATE INDEX `leisure_periods_days` ON `leisure_periods` (`from`,`to`);--> statement-breakpoint
CREATE TABLE `leisure_plans` (
	`centre_id` text NOT NULL,
	`period_id` text NOT NULL,
	`revision` integer DEFAULT 1 NOT NULL,
	PRIMARY KEY(`centre_id`, `period_id`)
);
--> statement-breakpoint
CREATE TABLE `leisure_sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`group_id` text NOT NULL,
	`day` text NOT NULL,
	`half` text NOT NULL,
	`capacity` integer NOT NULL,
	`taken` integer DEFAULT 0 NOT NULL,
	CONSTRAINT "leisure_sessions_never_oversold" CHECK("leisure_sessions"."taken" >= 0 and "leisure_sessions"."taken" <= "leisure_sessions"."capacity")
);
--> statement-breakpoint
CREATE UNIQUE INDEX `leisure_sessions_place` ON `leisure_sessions` (`group_id`,`day`,`half`);--> statement-breakpoint
CREATE TABLE `leisure_staff` (
	`centre_id` text NOT NULL,
	`day` text NOT NULL,
	`educators` integer NOT NULL,
	`director_counts` integer NOT NULL,
	PRIMARY KEY(`centre_id`, `day`)
);
--> statement-breakpoint
CREATE TABLE `child_consents` (
	`child_id` text NOT NULL,
	`household_id` text NOT NULL,
	`year` text NOT NULL,
	`consent` text NOT NULL,
	`given` integer NOT NULL,
	`from_age` integer,
	`said_by` text NOT NULL,
	`said_at` text NOT NULL,
	PRIMARY KEY(`child_id`, `household_id`, `year`, `consent`)
);
--> statement-breakpoint
CREATE INDEX `child_consents_year` ON `child_consents` (`year`);--> statement-breakpoint
CREATE TABLE `child_documents` (
	`id` text PRIMARY KEY NOT NULL,
	`child_id` text NOT NULL,
	`household_id` text NOT NULL,
	`kind` text NOT NULL,
	`file_id` text NOT NULL,
	`valid_until` text,
	`insurer` text,
	`policy_number` text,
	`state` text NOT NULL,
	`refusal` text,
	`decided_by` text,
	`decided_at` text,
	`keep_until` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `child_documents_child` ON `child_documents` (`child_id`);--> statement-breakpoint
CREATE INDEX `child_documents_state` ON `child_documents` (`state`,`created_at`);--> statement-breakpoint
CREATE INDEX `child_documents_keep` ON `child_documents` (`keep_until`);--> statement-breakpoint
CREATE TABLE `child_file_parts` (
	`child_id` text NOT NULL,
	`household_id` text NOT NULL,
	`year` text NOT NULL,
	`part` text NOT NULL,
	`confirmed_by` text NOT NULL,
	`confirmed_at` text NOT NULL,
	PRIMARY KEY(`child_id`, `household_id`, `year`, `part`)
);
--> statement-breakpoint
CREATE INDEX `child_file_parts_year` ON `child_file_parts` (`year`);--> statement-breakpoint
CREATE TABLE `child_health_sheets` (
	`child_id` text NOT NULL,
	`year` text NOT NULL,
	`allergies` text NOT NULL,
	`treatment` text NOT NULL,
	`advice` text NOT NULL,
	`doctor_name` text NOT NULL,
	`doctor_phone` text,
	`swimming` text NOT NULL,
	`updated_at` text NOT NULL,
	PRIMARY KEY(`child_id`, `year`)
);
--> statement-breakpoint
CREATE INDEX `child_health_sheets_year` ON `child_health_sheets` (`year`);--> statement-breakpoint
CREATE TABLE `emergency_contacts` (
	`child_id` text NOT NULL,
	`household_id` text NOT NULL,
	`rank` integer NOT NULL,
	`name` text NOT NULL,
	`phone` text NOT NULL,
	`relationship` text NOT NULL,
	PRIMARY KEY(`child_id`, `household_id`, `rank`)
);
