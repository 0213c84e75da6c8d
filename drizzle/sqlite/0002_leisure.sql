CREATE TABLE `deposits` (
	`id` text PRIMARY KEY NOT NULL,
	`household_id` text NOT NULL,
	`signup_id` text NOT NULL,
	`child_id` text NOT NULL,
	`invoice_id` text NOT NULL,
	`position` integer NOT NULL,
	`amount` integer NOT NULL,
	`credited` integer NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `deposits_line` ON `deposits` (`invoice_id`,`position`);--> statement-breakpoint
CREATE INDEX `deposits_household` ON `deposits` (`household_id`);--> statement-breakpoint
CREATE INDEX `deposits_signup` ON `deposits` (`signup_id`);--> statement-breakpoint
CREATE TABLE `leisure_allocations` (
	`period_id` text PRIMARY KEY NOT NULL,
	`criteria` text NOT NULL,
	`places` text NOT NULL,
	`allocated_by` text,
	`allocated_at` text NOT NULL,
	`finished_at` text
);
--> statement-breakpoint
CREATE TABLE `leisure_attendances` (
	`child_id` text NOT NULL,
	`day` text NOT NULL,
	`group_id` text NOT NULL,
	`present` integer NOT NULL,
	`arrived_at` text,
	`left_at` text,
	`collected_by` text,
	`recorded_by` text NOT NULL,
	`recorded_at` text NOT NULL,
	PRIMARY KEY(`child_id`, `day`)
);
--> statement-breakpoint
CREATE INDEX `leisure_attendances_group` ON `leisure_attendances` (`group_id`,`day`);--> statement-breakpoint
CREATE TABLE `leisure_baskets` (
	`id` text PRIMARY KEY NOT NULL,
	`household_id` text NOT NULL,
	`state` text NOT NULL,
	`held_until` text NOT NULL,
	`created_at` text NOT NULL,
	`confirmed_at` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `leisure_baskets_one_open` ON `leisure_baskets` (`household_id`) WHERE state = 'open';--> statement-breakpoint
CREATE INDEX `leisure_baskets_household` ON `leisure_baskets` (`household_id`,`created_at`);--> statement-breakpoint
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
CREATE TABLE `leisure_claims` (
	`id` text PRIMARY KEY NOT NULL,
	`household_id` text NOT NULL,
	`child_id` text NOT NULL,
	`from` text NOT NULL,
	`to` text NOT NULL,
	`file_id` text,
	`state` text NOT NULL,
	`refusal` text,
	`decided_by` text,
	`decided_at` text,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `leisure_claims_state` ON `leisure_claims` (`state`,`created_at`);--> statement-breakpoint
CREATE INDEX `leisure_claims_child` ON `leisure_claims` (`child_id`);--> statement-breakpoint
CREATE TABLE `leisure_draws` (
	`period_id` text PRIMARY KEY NOT NULL,
	`seed` text NOT NULL,
	`fingerprint` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
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
	`wishes_until` text,
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
CREATE TABLE `leisure_signup_days` (
	`signup_id` text NOT NULL,
	`day` text NOT NULL,
	`child_id` text NOT NULL,
	`group_id` text NOT NULL,
	`part` text NOT NULL,
	`state` text NOT NULL,
	`cancelled_at` text,
	`late` integer DEFAULT false NOT NULL,
	`excused` integer DEFAULT false NOT NULL,
	PRIMARY KEY(`signup_id`, `day`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `leisure_signup_days_one_place` ON `leisure_signup_days` (`child_id`,`day`) WHERE state = 'taken';--> statement-breakpoint
CREATE INDEX `leisure_signup_days_group` ON `leisure_signup_days` (`group_id`,`day`,`state`);--> statement-breakpoint
CREATE TABLE `leisure_signups` (
	`id` text PRIMARY KEY NOT NULL,
	`household_id` text NOT NULL,
	`child_id` text NOT NULL,
	`centre_id` text NOT NULL,
	`period_id` text NOT NULL,
	`unit` text NOT NULL,
	`part` text NOT NULL,
	`meal` integer NOT NULL,
	`state` text NOT NULL,
	`basket_id` text,
	`wish_rank` integer,
	`since` text NOT NULL,
	`offer_expires_at` text,
	`token_hash` text,
	`confirmed_at` text
);
--> statement-breakpoint
CREATE INDEX `leisure_signups_household` ON `leisure_signups` (`household_id`,`period_id`);--> statement-breakpoint
CREATE INDEX `leisure_signups_period` ON `leisure_signups` (`period_id`,`state`);--> statement-breakpoint
CREATE INDEX `leisure_signups_basket` ON `leisure_signups` (`basket_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `leisure_signups_token` ON `leisure_signups` (`token_hash`);--> statement-breakpoint
CREATE TABLE `leisure_staff` (
	`centre_id` text NOT NULL,
	`day` text NOT NULL,
	`educators` integer NOT NULL,
	`director_counts` integer NOT NULL,
	PRIMARY KEY(`centre_id`, `day`)
);
--> statement-breakpoint
CREATE TABLE `leisure_wish_lists` (
	`household_id` text NOT NULL,
	`period_id` text NOT NULL,
	`most` text NOT NULL,
	`revision` integer NOT NULL,
	`changed_at` text NOT NULL,
	`told_at` text,
	PRIMARY KEY(`household_id`, `period_id`)
);
--> statement-breakpoint
CREATE INDEX `leisure_wish_lists_period` ON `leisure_wish_lists` (`period_id`);--> statement-breakpoint
CREATE TABLE `leisure_wish_results` (
	`signup_id` text PRIMARY KEY NOT NULL,
	`period_id` text NOT NULL,
	`household_id` text NOT NULL,
	`line` integer NOT NULL,
	`position` integer NOT NULL,
	`draw_number` text NOT NULL,
	`criteria` text NOT NULL,
	`child_number` integer NOT NULL,
	`wish_rank` integer NOT NULL,
	`most` integer,
	`centre_id` text NOT NULL,
	`unit` text NOT NULL,
	`part` text NOT NULL,
	`asks` text NOT NULL,
	`outcome` text NOT NULL,
	`round` integer NOT NULL,
	`waits_since` text,
	`applied_at` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `leisure_wish_results_line` ON `leisure_wish_results` (`period_id`,`line`);--> statement-breakpoint
CREATE INDEX `leisure_wish_results_household` ON `leisure_wish_results` (`household_id`,`period_id`);--> statement-breakpoint
CREATE TABLE `leisure_work_proofs` (
	`id` text PRIMARY KEY NOT NULL,
	`household_id` text NOT NULL,
	`state` text NOT NULL,
	`valid_until` text,
	`file_id` text,
	`refusal` text,
	`decided_by` text,
	`decided_at` text,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `leisure_work_proofs_household` ON `leisure_work_proofs` (`household_id`);--> statement-breakpoint
CREATE INDEX `leisure_work_proofs_state` ON `leisure_work_proofs` (`state`);--> statement-breakpoint
CREATE TABLE `cash_deposits` (
	`id` text PRIMARY KEY NOT NULL,
	`number` text NOT NULL,
	`amount` integer NOT NULL,
	`slip` text NOT NULL,
	`day` text NOT NULL,
	`paid_in_by` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `cash_deposits_number` ON `cash_deposits` (`number`);--> statement-breakpoint
CREATE INDEX `cash_deposits_day` ON `cash_deposits` (`day`);--> statement-breakpoint
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
--> statement-breakpoint
PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE `__new_invoices` (
	`id` text PRIMARY KEY NOT NULL,
	`number` text NOT NULL,
	`household_id` text NOT NULL,
	`payer_id` text NOT NULL,
	`period` text NOT NULL,
	`issue_date` text NOT NULL,
	`due_date` text NOT NULL,
	`total` integer NOT NULL,
	`frozen` text NOT NULL,
	`run_id` text,
	`created_at` text NOT NULL
);
--> statement-breakpoint
INSERT INTO `__new_invoices`("id", "number", "household_id", "payer_id", "period", "issue_date", "due_date", "total", "frozen", "run_id", "created_at") SELECT "id", "number", "household_id", "payer_id", "period", "issue_date", "due_date", "total", "frozen", "run_id", "created_at" FROM `invoices`;--> statement-breakpoint
DROP TABLE `invoices`;--> statement-breakpoint
ALTER TABLE `__new_invoices` RENAME TO `invoices`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
CREATE UNIQUE INDEX `invoices_number` ON `invoices` (`number`);--> statement-breakpoint
CREATE UNIQUE INDEX `invoices_household_period` ON `invoices` (`household_id`,`period`) WHERE run_id is not null;--> statement-breakpoint
CREATE INDEX `invoices_household` ON `invoices` (`household_id`);--> statement-breakpoint
CREATE INDEX `invoices_run` ON `invoices` (`run_id`);--> statement-breakpoint
CREATE INDEX `invoices_due` ON `invoices` (`due_date`);--> statement-breakpoint
CREATE TABLE `__new_charges` (
	`id` text PRIMARY KEY NOT NULL,
	`household_id` text NOT NULL,
	`child_id` text NOT NULL,
	`service` text NOT NULL,
	`day` text NOT NULL,
	`kind` text NOT NULL,
	`meal_type` text,
	`amount` integer NOT NULL,
	`explanation` text NOT NULL,
	`source` text NOT NULL,
	`period` text NOT NULL,
	`corrects` text,
	`credited` integer NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
INSERT INTO `__new_charges`("id", "household_id", "child_id", "service", "day", "kind", "meal_type", "amount", "explanation", "source", "period", "corrects", "credited", "created_at") SELECT "id", "household_id", "child_id", "service", "day", "kind", "meal_type", "amount", "explanation", "source", "period", "corrects", "credited", "created_at" FROM `charges`;--> statement-breakpoint
DROP TABLE `charges`;--> statement-breakpoint
ALTER TABLE `__new_charges` RENAME TO `charges`;--> statement-breakpoint
CREATE UNIQUE INDEX `charges_source` ON `charges` (`source`,`household_id`);--> statement-breakpoint
CREATE INDEX `charges_household` ON `charges` (`household_id`,`period`);