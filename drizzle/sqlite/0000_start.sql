CREATE TABLE `account_tokens` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`purpose` text NOT NULL,
	`data` text NOT NULL,
	`created_at` text NOT NULL,
	`expires_at` text NOT NULL,
	`used_at` text
);
--> statement-breakpoint
CREATE INDEX `account_tokens_account` ON `account_tokens` (`account_id`);--> statement-breakpoint
CREATE TABLE `accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`person_id` text NOT NULL,
	`email` text NOT NULL,
	`email_verified_at` text,
	`password_hash` text,
	`clerk` integer NOT NULL,
	`services` text NOT NULL,
	`administrator` integer NOT NULL,
	`second_factor` text,
	`disabled_at` text,
	`last_sign_in_at` text,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_email` ON `accounts` (`email`);--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_person` ON `accounts` (`person_id`);--> statement-breakpoint
CREATE TABLE `attempts` (
	`key` text PRIMARY KEY NOT NULL,
	`count` integer NOT NULL,
	`until` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `audit_entries` (
	`id` text PRIMARY KEY NOT NULL,
	`at` text NOT NULL,
	`actor_kind` text NOT NULL,
	`actor_account_id` text,
	`on_behalf_of` text,
	`action` text NOT NULL,
	`subject_kind` text NOT NULL,
	`subject_id` text NOT NULL,
	`details` text NOT NULL,
	`seal` integer
);
--> statement-breakpoint
CREATE INDEX `audit_subject` ON `audit_entries` (`subject_kind`,`subject_id`,`at`);--> statement-breakpoint
CREATE INDEX `audit_unsealed` ON `audit_entries` (`seal`);--> statement-breakpoint
CREATE TABLE `audit_seals` (
	`number` integer PRIMARY KEY NOT NULL,
	`previous_hash` text NOT NULL,
	`hash` text NOT NULL,
	`entries` integer NOT NULL,
	`sealed_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `billing_oddities` (
	`run_id` text NOT NULL,
	`household_id` text NOT NULL,
	`code` text NOT NULL,
	`usual` integer,
	PRIMARY KEY(`run_id`, `code`, `household_id`)
);
--> statement-breakpoint
CREATE TABLE `billing_run_households` (
	`run_id` text NOT NULL,
	`household_id` text NOT NULL,
	`state` text NOT NULL,
	`charges` integer NOT NULL,
	`total` integer NOT NULL,
	`lines` text NOT NULL,
	PRIMARY KEY(`run_id`, `household_id`)
);
--> statement-breakpoint
CREATE INDEX `billing_run_households_state` ON `billing_run_households` (`run_id`,`state`,`household_id`);--> statement-breakpoint
CREATE TABLE `billing_runs` (
	`id` text PRIMARY KEY NOT NULL,
	`period` text NOT NULL,
	`state` text NOT NULL,
	`households` integer NOT NULL,
	`total` integer NOT NULL,
	`drafted_by` text,
	`created_at` text NOT NULL,
	`issued_by` text,
	`issued_at` text,
	`frozen` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `billing_runs_period` ON `billing_runs` (`period`);--> statement-breakpoint
CREATE TABLE `charges` (
	`id` text PRIMARY KEY NOT NULL,
	`household_id` text NOT NULL,
	`child_id` text NOT NULL,
	`service` text NOT NULL,
	`day` text NOT NULL,
	`kind` text NOT NULL,
	`meal_type` text NOT NULL,
	`amount` integer NOT NULL,
	`explanation` text NOT NULL,
	`source` text NOT NULL,
	`period` text NOT NULL,
	`corrects` text,
	`credited` integer NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `charges_source` ON `charges` (`source`,`household_id`);--> statement-breakpoint
CREATE INDEX `charges_household` ON `charges` (`household_id`,`period`);--> statement-breakpoint
CREATE TABLE `credit_notes` (
	`id` text PRIMARY KEY NOT NULL,
	`number` text NOT NULL,
	`invoice_id` text NOT NULL,
	`household_id` text NOT NULL,
	`amount` integer NOT NULL,
	`reason` text NOT NULL,
	`lines` text NOT NULL,
	`frozen` text NOT NULL,
	`key` text NOT NULL,
	`issue_date` text NOT NULL,
	`issued_by` text,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `credit_notes_number` ON `credit_notes` (`number`);--> statement-breakpoint
CREATE UNIQUE INDEX `credit_notes_key` ON `credit_notes` (`invoice_id`,`key`);--> statement-breakpoint
CREATE INDEX `credit_notes_household` ON `credit_notes` (`household_id`);--> statement-breakpoint
CREATE TABLE `invoice_disputes` (
	`id` text PRIMARY KEY NOT NULL,
	`invoice_id` text NOT NULL,
	`household_id` text NOT NULL,
	`lines` text NOT NULL,
	`reason` text NOT NULL,
	`text` text NOT NULL,
	`state` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` text NOT NULL,
	`answer` text,
	`credit_note_id` text,
	`answered_by` text,
	`answered_at` text
);
--> statement-breakpoint
CREATE INDEX `invoice_disputes_state` ON `invoice_disputes` (`state`,`created_at`);--> statement-breakpoint
CREATE INDEX `invoice_disputes_invoice` ON `invoice_disputes` (`invoice_id`);--> statement-breakpoint
CREATE TABLE `invoice_lines` (
	`invoice_id` text NOT NULL,
	`position` integer NOT NULL,
	`child_id` text NOT NULL,
	`child_name` text NOT NULL,
	`service` text NOT NULL,
	`kind` text NOT NULL,
	`quantity` integer NOT NULL,
	`unit` integer NOT NULL,
	`amount` integer NOT NULL,
	`explanation` text NOT NULL,
	`days` text NOT NULL,
	PRIMARY KEY(`invoice_id`, `position`)
);
--> statement-breakpoint
CREATE TABLE `invoice_notices` (
	`mail_key` text PRIMARY KEY NOT NULL,
	`invoice_id` text NOT NULL,
	`kind` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `invoice_notices_invoice` ON `invoice_notices` (`invoice_id`,`kind`);--> statement-breakpoint
CREATE TABLE `invoices` (
	`id` text PRIMARY KEY NOT NULL,
	`number` text NOT NULL,
	`household_id` text NOT NULL,
	`payer_id` text NOT NULL,
	`period` text NOT NULL,
	`issue_date` text NOT NULL,
	`due_date` text NOT NULL,
	`total` integer NOT NULL,
	`frozen` text NOT NULL,
	`run_id` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `invoices_number` ON `invoices` (`number`);--> statement-breakpoint
CREATE UNIQUE INDEX `invoices_household_period` ON `invoices` (`household_id`,`period`);--> statement-breakpoint
CREATE INDEX `invoices_run` ON `invoices` (`run_id`);--> statement-breakpoint
CREATE INDEX `invoices_due` ON `invoices` (`due_date`);--> statement-breakpoint
CREATE TABLE `ledger_lines` (
	`posting_id` text NOT NULL,
	`position` integer NOT NULL,
	`account` text NOT NULL,
	`invoice_id` text,
	`amount` integer NOT NULL,
	PRIMARY KEY(`posting_id`, `position`)
);
--> statement-breakpoint
CREATE INDEX `ledger_lines_account` ON `ledger_lines` (`account`);--> statement-breakpoint
CREATE INDEX `ledger_lines_invoice` ON `ledger_lines` (`invoice_id`);--> statement-breakpoint
CREATE TABLE `ledger_postings` (
	`id` text PRIMARY KEY NOT NULL,
	`at` text NOT NULL,
	`kind` text NOT NULL,
	`key` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `ledger_postings_key` ON `ledger_postings` (`key`);--> statement-breakpoint
CREATE INDEX `ledger_postings_at` ON `ledger_postings` (`at`);--> statement-breakpoint
CREATE TABLE `number_series` (
	`name` text PRIMARY KEY NOT NULL,
	`next` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `absence_claims` (
	`id` text PRIMARY KEY NOT NULL,
	`child_id` text NOT NULL,
	`household_id` text NOT NULL,
	`day` text NOT NULL,
	`file_id` text NOT NULL,
	`state` text NOT NULL,
	`refusal` text,
	`decided_by` text,
	`decided_at` text,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `absence_claims_child_day` ON `absence_claims` (`child_id`,`day`);--> statement-breakpoint
CREATE INDEX `absence_claims_household` ON `absence_claims` (`household_id`,`day`);--> statement-breakpoint
CREATE INDEX `absence_claims_state` ON `absence_claims` (`state`,`created_at`);--> statement-breakpoint
CREATE TABLE `attendances` (
	`id` text PRIMARY KEY NOT NULL,
	`child_id` text NOT NULL,
	`school_id` text NOT NULL,
	`day` text NOT NULL,
	`present` integer NOT NULL,
	`booked` integer NOT NULL,
	`justification` text,
	`correction` text,
	`revision` integer DEFAULT 1 NOT NULL,
	`recorded_by` text NOT NULL,
	`recorded_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `attendances_child_day` ON `attendances` (`child_id`,`day`);--> statement-breakpoint
CREATE INDEX `attendances_school_day` ON `attendances` (`school_id`,`day`);--> statement-breakpoint
CREATE TABLE `calendar_feeds` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`household_id` text NOT NULL,
	`created_at` text NOT NULL,
	`revoked_at` text
);
--> statement-breakpoint
CREATE INDEX `calendar_feeds_household` ON `calendar_feeds` (`household_id`);--> statement-breakpoint
CREATE TABLE `meal_bookings` (
	`id` text PRIMARY KEY NOT NULL,
	`child_id` text NOT NULL,
	`household_id` text NOT NULL,
	`school_id` text NOT NULL,
	`day` text NOT NULL,
	`meal_type` text NOT NULL,
	`state` text NOT NULL,
	`cancelled_by` text,
	`revision` integer DEFAULT 1 NOT NULL,
	`changed_at` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `meal_bookings_child_day` ON `meal_bookings` (`child_id`,`day`);--> statement-breakpoint
CREATE INDEX `meal_bookings_school_day` ON `meal_bookings` (`school_id`,`day`,`state`);--> statement-breakpoint
CREATE INDEX `meal_bookings_household` ON `meal_bookings` (`household_id`,`day`);--> statement-breakpoint
CREATE TABLE `meal_days` (
	`id` text PRIMARY KEY NOT NULL,
	`school_id` text NOT NULL,
	`day` text NOT NULL,
	`capacity` integer NOT NULL,
	`taken` integer NOT NULL,
	`counted_at` text,
	`count` text,
	CONSTRAINT "meal_days_never_oversold" CHECK("meal_days"."taken" >= 0 and "meal_days"."taken" <= "meal_days"."capacity")
);
--> statement-breakpoint
CREATE UNIQUE INDEX `meal_days_school_day` ON `meal_days` (`school_id`,`day`);--> statement-breakpoint
CREATE TABLE `meal_patterns` (
	`id` text PRIMARY KEY NOT NULL,
	`child_id` text NOT NULL,
	`household_id` text NOT NULL,
	`weekdays` text NOT NULL,
	`meal_type` text NOT NULL,
	`from` text NOT NULL,
	`to` text NOT NULL,
	`created_at` text NOT NULL,
	`stopped_at` text
);
--> statement-breakpoint
CREATE INDEX `meal_patterns_child` ON `meal_patterns` (`child_id`);--> statement-breakpoint
CREATE INDEX `meal_patterns_household` ON `meal_patterns` (`household_id`,`to`);--> statement-breakpoint
CREATE TABLE `meal_waiting` (
	`id` text PRIMARY KEY NOT NULL,
	`child_id` text NOT NULL,
	`household_id` text NOT NULL,
	`school_id` text NOT NULL,
	`day` text NOT NULL,
	`meal_type` text NOT NULL,
	`state` text NOT NULL,
	`since` text NOT NULL,
	`offer_expires_at` text,
	`token_hash` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `meal_waiting_child_day` ON `meal_waiting` (`child_id`,`day`);--> statement-breakpoint
CREATE INDEX `meal_waiting_line` ON `meal_waiting` (`school_id`,`day`,`state`,`since`);--> statement-breakpoint
CREATE UNIQUE INDEX `meal_waiting_token` ON `meal_waiting` (`token_hash`);--> statement-breakpoint
CREATE TABLE `menu_dishes` (
	`id` text PRIMARY KEY NOT NULL,
	`day` text NOT NULL,
	`kind` text NOT NULL,
	`position` integer NOT NULL,
	`name` text NOT NULL,
	`vegetarian` integer NOT NULL,
	`allergens` text NOT NULL,
	`labels` text NOT NULL,
	`updated_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `menu_dishes_place` ON `menu_dishes` (`day`,`kind`,`position`);--> statement-breakpoint
CREATE TABLE `documents` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`subject_id` text NOT NULL,
	`name` text NOT NULL,
	`stored_as` text NOT NULL,
	`size` integer NOT NULL,
	`sha256` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `documents_subject` ON `documents` (`kind`,`subject_id`);--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` text PRIMARY KEY NOT NULL,
	`topic` text NOT NULL,
	`payload` text NOT NULL,
	`key` text NOT NULL,
	`state` text NOT NULL,
	`due_at` text NOT NULL,
	`attempts` integer NOT NULL,
	`last_error` text,
	`created_at` text NOT NULL,
	`done_at` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `outbox_key` ON `outbox` (`key`);--> statement-breakpoint
CREATE INDEX `outbox_due` ON `outbox` (`state`,`due_at`);--> statement-breakpoint
CREATE TABLE `mails` (
	`id` text PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`person_id` text,
	`to` text,
	`language` text NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`text` text NOT NULL,
	`html` text NOT NULL,
	`documents` text NOT NULL,
	`state` text NOT NULL,
	`failure` text,
	`created_at` text NOT NULL,
	`sent_at` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `mails_key` ON `mails` (`key`);--> statement-breakpoint
CREATE INDEX `mails_state` ON `mails` (`state`,`created_at`);--> statement-breakpoint
CREATE INDEX `mails_person` ON `mails` (`person_id`);--> statement-breakpoint
CREATE TABLE `cash_closings` (
	`id` text PRIMARY KEY NOT NULL,
	`day` text NOT NULL,
	`cash_expected` integer NOT NULL,
	`cash_counted` integer NOT NULL,
	`cheques_expected` integer NOT NULL,
	`cheques_counted` integer NOT NULL,
	`cheques_amount` integer NOT NULL,
	`note` text NOT NULL,
	`closed_by` text NOT NULL,
	`closed_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `cash_closings_day` ON `cash_closings` (`day`);--> statement-breakpoint
CREATE TABLE `disputes` (
	`stripe_id` text PRIMARY KEY NOT NULL,
	`payment_id` text NOT NULL,
	`amount` integer NOT NULL,
	`fee` integer NOT NULL,
	`withdrawn` integer NOT NULL,
	`reinstated` integer NOT NULL,
	`state` text NOT NULL,
	`reason` text NOT NULL,
	`opened_at` text NOT NULL,
	`closed_at` text
);
--> statement-breakpoint
CREATE INDEX `disputes_payment` ON `disputes` (`payment_id`);--> statement-breakpoint
CREATE TABLE `payment_alerts` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`key` text NOT NULL,
	`payment_id` text,
	`details` text NOT NULL,
	`created_at` text NOT NULL,
	`resolved_at` text,
	`resolved_by` text,
	`resolution` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `payment_alerts_key` ON `payment_alerts` (`key`);--> statement-breakpoint
CREATE INDEX `payment_alerts_open` ON `payment_alerts` (`resolved_at`,`created_at`);--> statement-breakpoint
CREATE TABLE `payment_parts` (
	`payment_id` text NOT NULL,
	`invoice_id` text NOT NULL,
	`amount` integer NOT NULL,
	`left_after` integer,
	PRIMARY KEY(`payment_id`, `invoice_id`)
);
--> statement-breakpoint
CREATE INDEX `payment_parts_invoice` ON `payment_parts` (`invoice_id`);--> statement-breakpoint
CREATE TABLE `payments` (
	`id` text PRIMARY KEY NOT NULL,
	`household_id` text NOT NULL,
	`payer_id` text NOT NULL,
	`means` text NOT NULL,
	`state` text NOT NULL,
	`amount` integer NOT NULL,
	`refunded` integer NOT NULL,
	`session_id` text,
	`session_url` text,
	`session_expires_at` text,
	`intent_id` text,
	`receipt_number` text,
	`failure` text,
	`language` text NOT NULL,
	`taken_by` text,
	`reference` text,
	`closing_id` text,
	`created_at` text NOT NULL,
	`changed_at` text NOT NULL,
	`succeeded_at` text,
	`checked_at` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `payments_session` ON `payments` (`session_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `payments_receipt` ON `payments` (`receipt_number`);--> statement-breakpoint
CREATE INDEX `payments_household` ON `payments` (`household_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `payments_state` ON `payments` (`state`,`changed_at`);--> statement-breakpoint
CREATE INDEX `payments_intent` ON `payments` (`intent_id`);--> statement-breakpoint
CREATE INDEX `payments_succeeded` ON `payments` (`succeeded_at`);--> statement-breakpoint
CREATE TABLE `payout_lines` (
	`stripe_id` text PRIMARY KEY NOT NULL,
	`payout_id` text NOT NULL,
	`kind` text NOT NULL,
	`source_id` text NOT NULL,
	`payment_id` text,
	`gross` integer NOT NULL,
	`fee` integer NOT NULL,
	`net` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `payout_lines_payout` ON `payout_lines` (`payout_id`);--> statement-breakpoint
CREATE TABLE `payouts` (
	`stripe_id` text PRIMARY KEY NOT NULL,
	`amount` integer NOT NULL,
	`arrival_date` text NOT NULL,
	`state` text NOT NULL,
	`created_at` text NOT NULL,
	`changed_at` text NOT NULL,
	`matched_at` text
);
--> statement-breakpoint
CREATE TABLE `reconciliation` (
	`name` text PRIMARY KEY NOT NULL,
	`up_to` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `refunds` (
	`id` text PRIMARY KEY NOT NULL,
	`payment_id` text NOT NULL,
	`amount` integer NOT NULL,
	`state` text NOT NULL,
	`reason` text NOT NULL,
	`stripe_id` text,
	`failure` text,
	`requested_by` text,
	`created_at` text NOT NULL,
	`changed_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `refunds_stripe` ON `refunds` (`stripe_id`);--> statement-breakpoint
CREATE INDEX `refunds_payment` ON `refunds` (`payment_id`);--> statement-breakpoint
CREATE INDEX `refunds_state` ON `refunds` (`state`,`changed_at`);--> statement-breakpoint
CREATE TABLE `stripe_events` (
	`id` text PRIMARY KEY NOT NULL,
	`type` text NOT NULL,
	`object_id` text NOT NULL,
	`created` text NOT NULL,
	`received_at` text NOT NULL,
	`outcome` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `stripe_events_created` ON `stripe_events` (`created`);--> statement-breakpoint
CREATE TABLE `child_health` (
	`child_id` text PRIMARY KEY NOT NULL,
	`pai_details` text NOT NULL,
	`updated_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `children` (
	`person_id` text PRIMARY KEY NOT NULL,
	`meal_type` text NOT NULL,
	`pai` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `custodies` (
	`id` text PRIMARY KEY NOT NULL,
	`child_id` text NOT NULL,
	`first_household_id` text NOT NULL,
	`second_household_id` text NOT NULL,
	`from` text NOT NULL,
	`terms` text NOT NULL,
	`decided_by` text,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `custodies_from` ON `custodies` (`child_id`,`from`);--> statement-breakpoint
CREATE TABLE `custody_declarations` (
	`id` text PRIMARY KEY NOT NULL,
	`child_id` text NOT NULL,
	`household_id` text NOT NULL,
	`from` text NOT NULL,
	`terms` text NOT NULL,
	`state` text NOT NULL,
	`refusal` text,
	`decided_by` text,
	`decided_at` text,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `custody_declarations_child` ON `custody_declarations` (`child_id`,`household_id`);--> statement-breakpoint
CREATE INDEX `custody_declarations_state` ON `custody_declarations` (`state`);--> statement-breakpoint
CREATE TABLE `family_quotients` (
	`id` text PRIMARY KEY NOT NULL,
	`household_id` text NOT NULL,
	`value` integer NOT NULL,
	`from` text NOT NULL,
	`to` text NOT NULL,
	`state` text NOT NULL,
	`proof_id` text,
	`refusal` text,
	`decided_by` text,
	`decided_at` text,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `family_quotients_household` ON `family_quotients` (`household_id`,`from`);--> statement-breakpoint
CREATE INDEX `family_quotients_state` ON `family_quotients` (`state`);--> statement-breakpoint
CREATE TABLE `files` (
	`id` text PRIMARY KEY NOT NULL,
	`household_id` text NOT NULL,
	`purpose` text NOT NULL,
	`name` text NOT NULL,
	`media_type` text NOT NULL,
	`size` integer NOT NULL,
	`stored_as` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `files_household` ON `files` (`household_id`);--> statement-breakpoint
CREATE TABLE `household_addresses` (
	`id` text PRIMARY KEY NOT NULL,
	`household_id` text NOT NULL,
	`from` text NOT NULL,
	`lines` text NOT NULL,
	`postcode` text NOT NULL,
	`city` text NOT NULL,
	`resident` integer NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `household_addresses_from` ON `household_addresses` (`household_id`,`from`);--> statement-breakpoint
CREATE TABLE `household_invitations` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`household_id` text NOT NULL,
	`email` text NOT NULL,
	`invited_by` text NOT NULL,
	`created_at` text NOT NULL,
	`expires_at` text NOT NULL,
	`used_at` text
);
--> statement-breakpoint
CREATE INDEX `household_invitations_household` ON `household_invitations` (`household_id`);--> statement-breakpoint
CREATE TABLE `household_members` (
	`household_id` text NOT NULL,
	`person_id` text NOT NULL,
	`role` text NOT NULL,
	`confirmed_at` text,
	`created_at` text NOT NULL,
	PRIMARY KEY(`household_id`, `person_id`)
);
--> statement-breakpoint
CREATE INDEX `household_members_person` ON `household_members` (`person_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `household_members_guardian` ON `household_members` (`person_id`) WHERE role = 'guardian';--> statement-breakpoint
CREATE TABLE `households` (
	`id` text PRIMARY KEY NOT NULL,
	`payer_id` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `persons` (
	`id` text PRIMARY KEY NOT NULL,
	`first_name` text NOT NULL,
	`last_name` text NOT NULL,
	`birth_date` text,
	`email` text,
	`phone` text,
	`language` text NOT NULL,
	`search_key` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `persons_search` ON `persons` (`search_key`);--> statement-breakpoint
CREATE INDEX `persons_birth` ON `persons` (`birth_date`);--> statement-breakpoint
CREATE INDEX `persons_phone` ON `persons` (`phone`);--> statement-breakpoint
CREATE TABLE `pickup_persons` (
	`id` text PRIMARY KEY NOT NULL,
	`child_id` text NOT NULL,
	`household_id` text NOT NULL,
	`name` text NOT NULL,
	`phone` text NOT NULL,
	`relationship` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `pickup_persons_child` ON `pickup_persons` (`child_id`);--> statement-breakpoint
CREATE TABLE `schoolings` (
	`id` text PRIMARY KEY NOT NULL,
	`child_id` text NOT NULL,
	`school_id` text NOT NULL,
	`class_name` text NOT NULL,
	`from` text NOT NULL,
	`to` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `schoolings_from` ON `schoolings` (`child_id`,`from`);--> statement-breakpoint
CREATE INDEX `schoolings_school` ON `schoolings` (`school_id`);--> statement-breakpoint
CREATE TABLE `clerk_schools` (
	`account_id` text NOT NULL,
	`school_id` text NOT NULL,
	PRIMARY KEY(`account_id`, `school_id`)
);
--> statement-breakpoint
CREATE TABLE `closure_declarations` (
	`id` text PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`meals_expected` integer NOT NULL,
	`created_by` text,
	`created_at` text NOT NULL,
	`withdrawn_by` text,
	`withdrawn_at` text
);
--> statement-breakpoint
CREATE INDEX `closure_declarations_state` ON `closure_declarations` (`state`);--> statement-breakpoint
CREATE TABLE `closures` (
	`id` text PRIMARY KEY NOT NULL,
	`school_id` text,
	`class_name` text,
	`from` text NOT NULL,
	`to` text NOT NULL,
	`reason` text NOT NULL,
	`message` text NOT NULL,
	`declaration_id` text,
	`created_by` text,
	`created_at` text NOT NULL,
	`withdrawn_at` text
);
--> statement-breakpoint
CREATE INDEX `closures_days` ON `closures` (`from`,`to`);--> statement-breakpoint
CREATE INDEX `closures_declaration` ON `closures` (`declaration_id`);--> statement-breakpoint
CREATE TABLE `school_classes` (
	`id` text PRIMARY KEY NOT NULL,
	`school_id` text NOT NULL,
	`name` text NOT NULL,
	`level` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `school_classes_name` ON `school_classes` (`school_id`,`name`);--> statement-breakpoint
CREATE TABLE `school_holidays` (
	`id` text PRIMARY KEY NOT NULL,
	`zone` text NOT NULL,
	`name` text NOT NULL,
	`from` text NOT NULL,
	`until` text NOT NULL,
	`school_year` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `school_holidays_from` ON `school_holidays` (`zone`,`from`);--> statement-breakpoint
CREATE TABLE `schools` (
	`id` text PRIMARY KEY NOT NULL,
	`uai` text NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`address` text NOT NULL,
	`postcode` text NOT NULL,
	`city` text NOT NULL,
	`phone` text,
	`canteen` integer NOT NULL,
	`meal_weekdays` text NOT NULL,
	`meal_capacity` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `schools_uai` ON `schools` (`uai`);--> statement-breakpoint
CREATE TABLE `tariffs` (
	`id` text PRIMARY KEY NOT NULL,
	`service` text NOT NULL,
	`from` text NOT NULL,
	`to` text,
	`rule` text NOT NULL,
	`created_by` text,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `tariffs_service` ON `tariffs` (`service`,`from`);--> statement-breakpoint
CREATE TABLE `idempotent_answers` (
	`scope` text NOT NULL,
	`key` text NOT NULL,
	`fingerprint` text NOT NULL,
	`status` integer NOT NULL,
	`body` text NOT NULL,
	`created_at` text NOT NULL,
	PRIMARY KEY(`scope`, `key`)
);
--> statement-breakpoint
CREATE TABLE `sessions` (
	`id_hash` text PRIMARY KEY NOT NULL,
	`account_id` text,
	`data` text NOT NULL,
	`device` text,
	`created_at` text NOT NULL,
	`last_seen_at` text NOT NULL,
	`expires_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `sessions_account` ON `sessions` (`account_id`);--> statement-breakpoint
CREATE INDEX `sessions_expiry` ON `sessions` (`expires_at`);