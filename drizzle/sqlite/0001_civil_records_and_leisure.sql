CREATE TABLE `activation_codes` (
	`code_hash` text PRIMARY KEY NOT NULL,
	`person_id` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` text NOT NULL,
	`expires_at` text NOT NULL,
	`used_at` text,
	`email` text,
	`password_hash` text,
	`confirm_hash` text
);
--> statement-breakpoint
CREATE INDEX `activation_codes_person` ON `activation_codes` (`person_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `activation_codes_confirm` ON `activation_codes` (`confirm_hash`);--> statement-breakpoint
CREATE INDEX `activation_codes_end` ON `activation_codes` (`expires_at`);--> statement-breakpoint
CREATE TABLE `civil_acts` (
	`request_id` text PRIMARY KEY NOT NULL,
	`register_year` integer NOT NULL,
	`volume` text NOT NULL,
	`act_number` text NOT NULL,
	`typed` text NOT NULL,
	`prepared_by` text NOT NULL,
	`prepared_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `civil_asks` (
	`id` text PRIMARY KEY NOT NULL,
	`request_id` text NOT NULL,
	`message_id` text NOT NULL,
	`asked_at` text NOT NULL,
	`due_on` text NOT NULL,
	`reminded_at` text,
	`answered_at` text
);
--> statement-breakpoint
CREATE INDEX `civil_asks_request` ON `civil_asks` (`request_id`);--> statement-breakpoint
CREATE INDEX `civil_asks_open` ON `civil_asks` (`answered_at`,`due_on`);--> statement-breakpoint
CREATE TABLE `civil_batches` (
	`id` text PRIMARY KEY NOT NULL,
	`request_ids` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `civil_batches_created` ON `civil_batches` (`created_at`);--> statement-breakpoint
CREATE TABLE `civil_files` (
	`id` text PRIMARY KEY NOT NULL,
	`request_id` text NOT NULL,
	`purpose` text NOT NULL,
	`message_id` text,
	`name` text NOT NULL,
	`media_type` text NOT NULL,
	`size` integer NOT NULL,
	`stored_as` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `civil_files_request` ON `civil_files` (`request_id`);--> statement-breakpoint
CREATE TABLE `civil_links` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`request_id` text NOT NULL,
	`purpose` text NOT NULL,
	`created_at` text NOT NULL,
	`expires_at` text NOT NULL,
	`used_at` text
);
--> statement-breakpoint
CREATE INDEX `civil_links_request` ON `civil_links` (`request_id`);--> statement-breakpoint
CREATE TABLE `civil_messages` (
	`id` text PRIMARY KEY NOT NULL,
	`request_id` text NOT NULL,
	`at` text NOT NULL,
	`by` text NOT NULL,
	`account_id` text,
	`text` text NOT NULL,
	`french` text
);
--> statement-breakpoint
CREATE INDEX `civil_messages_request` ON `civil_messages` (`request_id`,`at`);--> statement-breakpoint
CREATE TABLE `civil_moves` (
	`id` text PRIMARY KEY NOT NULL,
	`request_id` text NOT NULL,
	`at` text NOT NULL,
	`from` text NOT NULL,
	`to` text NOT NULL,
	`by` text NOT NULL,
	`account_id` text,
	`reason` text,
	`refusal` text
);
--> statement-breakpoint
CREATE INDEX `civil_moves_request` ON `civil_moves` (`request_id`,`at`);--> statement-breakpoint
CREATE INDEX `civil_moves_at` ON `civil_moves` (`to`,`at`);--> statement-breakpoint
CREATE TABLE `civil_notes` (
	`id` text PRIMARY KEY NOT NULL,
	`request_id` text NOT NULL,
	`at` text NOT NULL,
	`account_id` text NOT NULL,
	`text` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `civil_notes_request` ON `civil_notes` (`request_id`,`at`);--> statement-breakpoint
CREATE TABLE `civil_request_words` (
	`word` text NOT NULL,
	`request_id` text NOT NULL,
	PRIMARY KEY(`word`, `request_id`)
);
--> statement-breakpoint
CREATE INDEX `civil_request_words_request` ON `civil_request_words` (`request_id`);--> statement-breakpoint
CREATE TABLE `civil_requests` (
	`id` text PRIMARY KEY NOT NULL,
	`number` text,
	`state` text NOT NULL,
	`version` integer NOT NULL,
	`channel` text NOT NULL,
	`language` text NOT NULL,
	`person_id` text,
	`email` text,
	`answers` text NOT NULL,
	`kind` text,
	`form` text,
	`standing` text,
	`record_date` text,
	`copies` integer,
	`delivery` text,
	`granted` text,
	`search_key` text,
	`record_key` text,
	`applicant_key` text,
	`applicant_birth_year` integer,
	`submitted_at` text,
	`due_on` text,
	`assigned_to` text,
	`held_by` text,
	`held_since` text,
	`held_until` text,
	`on_hold_until` text,
	`on_hold_reason` text,
	`answered_at` text,
	`answer_days` integer,
	`closed_at` text,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `civil_requests_number` ON `civil_requests` (`number`);--> statement-breakpoint
CREATE INDEX `civil_requests_queue` ON `civil_requests` (`state`,`submitted_at`,`id`,`kind`,`delivery`,`assigned_to`,`due_on`,`on_hold_until`);--> statement-breakpoint
CREATE INDEX `civil_requests_due` ON `civil_requests` (`state`,`due_on`,`id`,`kind`,`delivery`,`assigned_to`,`submitted_at`,`on_hold_until`);--> statement-breakpoint
CREATE INDEX `civil_requests_by_number` ON `civil_requests` (`state`,`number`,`id`,`kind`,`delivery`,`assigned_to`,`due_on`,`on_hold_until`);--> statement-breakpoint
CREATE INDEX `civil_requests_assigned` ON `civil_requests` (`assigned_to`,`state`,`submitted_at`,`id`,`kind`,`delivery`,`due_on`,`on_hold_until`);--> statement-breakpoint
CREATE INDEX `civil_requests_on_hold` ON `civil_requests` (`on_hold_until`,`state`);--> statement-breakpoint
CREATE INDEX `civil_requests_person` ON `civil_requests` (`person_id`);--> statement-breakpoint
CREATE INDEX `civil_requests_record` ON `civil_requests` (`record_key`);--> statement-breakpoint
CREATE INDEX `civil_requests_applicant` ON `civil_requests` (`applicant_key`);--> statement-breakpoint
CREATE INDEX `civil_requests_closed` ON `civil_requests` (`closed_at`);--> statement-breakpoint
CREATE INDEX `civil_requests_answered` ON `civil_requests` (`answered_at`,`kind`,`answer_days`);--> statement-breakpoint
CREATE INDEX `civil_requests_received` ON `civil_requests` (`submitted_at`,`kind`);--> statement-breakpoint
CREATE INDEX `civil_requests_created` ON `civil_requests` (`state`,`created_at`);--> statement-breakpoint
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
CREATE TABLE `person_addresses` (
	`person_id` text PRIMARY KEY NOT NULL,
	`lines` text NOT NULL,
	`postcode` text NOT NULL,
	`city` text NOT NULL,
	`updated_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `letter_texts` (
	`key` text NOT NULL,
	`language` text NOT NULL,
	`subject` text NOT NULL,
	`body` text NOT NULL,
	`updated_at` text NOT NULL,
	`updated_by` text NOT NULL,
	PRIMARY KEY(`key`, `language`)
);
--> statement-breakpoint
CREATE TABLE `town_settings` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`updated_at` text NOT NULL,
	`updated_by` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `accounts_clerk` ON `accounts` (`clerk`);--> statement-breakpoint
CREATE INDEX `audit_at` ON `audit_entries` (`at`,`id`,`action`,`subject_kind`);--> statement-breakpoint
CREATE INDEX `audit_actor` ON `audit_entries` (`actor_account_id`,`at`);--> statement-breakpoint
CREATE INDEX `persons_email` ON `persons` (lower("email"));