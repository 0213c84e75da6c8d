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