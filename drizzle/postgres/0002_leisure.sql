CREATE TABLE "deposits" (
	"id" text PRIMARY KEY NOT NULL,
	"household_id" text NOT NULL,
	"signup_id" text NOT NULL,
	"child_id" text NOT NULL,
	"invoice_id" text NOT NULL,
	"position" bigint NOT NULL,
	"amount" bigint NOT NULL,
	"credited" bigint NOT NULL,
	"created_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "leisure_allocations" (
	"period_id" text PRIMARY KEY NOT NULL,
	"criteria" jsonb NOT NULL,
	"places" jsonb NOT NULL,
	"allocated_by" text,
	"allocated_at" text NOT NULL,
	"finished_at" text
);
--> statement-breakpoint
CREATE TABLE "leisure_attendances" (
	"child_id" text NOT NULL,
	"day" text NOT NULL,
	"group_id" text NOT NULL,
	"present" boolean NOT NULL,
	"arrived_at" text,
	"left_at" text,
	"collected_by" text,
	"recorded_by" text NOT NULL,
	"recorded_at" text NOT NULL,
	CONSTRAINT "leisure_attendances_child_id_day_pk" PRIMARY KEY("child_id","day")
);
--> statement-breakpoint
CREATE TABLE "leisure_baskets" (
	"id" text PRIMARY KEY NOT NULL,
	"household_id" text NOT NULL,
	"state" text NOT NULL,
	"held_until" text NOT NULL,
	"created_at" text NOT NULL,
	"confirmed_at" text
);
--> statement-breakpoint
CREATE TABLE "leisure_centres" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"address" text NOT NULL,
	"phone" text,
	"email" text,
	"offers" text NOT NULL,
	"to_bring" text NOT NULL,
	"premises" bigint NOT NULL,
	"meals" boolean NOT NULL,
	"revision" bigint DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "leisure_claims" (
	"id" text PRIMARY KEY NOT NULL,
	"household_id" text NOT NULL,
	"child_id" text NOT NULL,
	"from" text NOT NULL,
	"to" text NOT NULL,
	"file_id" text,
	"state" text NOT NULL,
	"refusal" text,
	"decided_by" text,
	"decided_at" text,
	"created_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "leisure_draws" (
	"period_id" text PRIMARY KEY NOT NULL,
	"seed" text NOT NULL,
	"fingerprint" text NOT NULL,
	"created_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "leisure_groups" (
	"id" text PRIMARY KEY NOT NULL,
	"centre_id" text NOT NULL,
	"period_id" text NOT NULL,
	"name" text NOT NULL,
	"min_age" bigint NOT NULL,
	"max_age" bigint NOT NULL,
	"units" jsonb NOT NULL,
	"opens_at" text NOT NULL,
	"closes_at" text NOT NULL,
	"places" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "leisure_openings" (
	"period_id" text NOT NULL,
	"audience" text NOT NULL,
	"opens_at" text NOT NULL,
	CONSTRAINT "leisure_openings_period_id_audience_pk" PRIMARY KEY("period_id","audience")
);
--> statement-breakpoint
CREATE TABLE "leisure_periods" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"from" text NOT NULL,
	"to" text NOT NULL,
	"weekdays" jsonb NOT NULL,
	"pedt" boolean NOT NULL,
	"minutes_a_day" bigint NOT NULL,
	"cancel_days" bigint NOT NULL,
	"allocation" text NOT NULL,
	"wishes_until" text,
	"copied_from" text,
	"revision" bigint DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "leisure_plans" (
	"centre_id" text NOT NULL,
	"period_id" text NOT NULL,
	"revision" bigint DEFAULT 1 NOT NULL,
	CONSTRAINT "leisure_plans_centre_id_period_id_pk" PRIMARY KEY("centre_id","period_id")
);
--> statement-breakpoint
CREATE TABLE "leisure_sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"group_id" text NOT NULL,
	"day" text NOT NULL,
	"half" text NOT NULL,
	"capacity" bigint NOT NULL,
	"taken" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "leisure_sessions_never_oversold" CHECK ("leisure_sessions"."taken" >= 0 and "leisure_sessions"."taken" <= "leisure_sessions"."capacity")
);
--> statement-breakpoint
CREATE TABLE "leisure_signup_days" (
	"signup_id" text NOT NULL,
	"day" text NOT NULL,
	"child_id" text NOT NULL,
	"group_id" text NOT NULL,
	"part" text NOT NULL,
	"state" text NOT NULL,
	"cancelled_at" text,
	"late" boolean DEFAULT false NOT NULL,
	"excused" boolean DEFAULT false NOT NULL,
	CONSTRAINT "leisure_signup_days_signup_id_day_pk" PRIMARY KEY("signup_id","day")
);
--> statement-breakpoint
CREATE TABLE "leisure_signups" (
	"id" text PRIMARY KEY NOT NULL,
	"household_id" text NOT NULL,
	"child_id" text NOT NULL,
	"centre_id" text NOT NULL,
	"period_id" text NOT NULL,
	"unit" text NOT NULL,
	"part" text NOT NULL,
	"meal" boolean NOT NULL,
	"state" text NOT NULL,
	"basket_id" text,
	"wish_rank" bigint,
	"since" text NOT NULL,
	"offer_expires_at" text,
	"token_hash" text,
	"confirmed_at" text
);
--> statement-breakpoint
CREATE TABLE "leisure_staff" (
	"centre_id" text NOT NULL,
	"day" text NOT NULL,
	"educators" bigint NOT NULL,
	"director_counts" boolean NOT NULL,
	CONSTRAINT "leisure_staff_centre_id_day_pk" PRIMARY KEY("centre_id","day")
);
--> statement-breakpoint
CREATE TABLE "leisure_wish_lists" (
	"household_id" text NOT NULL,
	"period_id" text NOT NULL,
	"most" jsonb NOT NULL,
	"revision" bigint NOT NULL,
	"changed_at" text NOT NULL,
	"told_at" text,
	CONSTRAINT "leisure_wish_lists_household_id_period_id_pk" PRIMARY KEY("household_id","period_id")
);
--> statement-breakpoint
CREATE TABLE "leisure_wish_results" (
	"signup_id" text PRIMARY KEY NOT NULL,
	"period_id" text NOT NULL,
	"household_id" text NOT NULL,
	"line" bigint NOT NULL,
	"position" bigint NOT NULL,
	"draw_number" text NOT NULL,
	"criteria" jsonb NOT NULL,
	"child_number" bigint NOT NULL,
	"wish_rank" bigint NOT NULL,
	"most" bigint,
	"centre_id" text NOT NULL,
	"unit" text NOT NULL,
	"part" text NOT NULL,
	"asks" jsonb NOT NULL,
	"outcome" text NOT NULL,
	"round" bigint NOT NULL,
	"waits_since" text,
	"applied_at" text
);
--> statement-breakpoint
CREATE TABLE "leisure_work_proofs" (
	"id" text PRIMARY KEY NOT NULL,
	"household_id" text NOT NULL,
	"state" text NOT NULL,
	"valid_until" text,
	"file_id" text,
	"refusal" text,
	"decided_by" text,
	"decided_at" text,
	"created_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "cash_deposits" (
	"id" text PRIMARY KEY NOT NULL,
	"number" text NOT NULL,
	"amount" bigint NOT NULL,
	"slip" text NOT NULL,
	"day" text NOT NULL,
	"paid_in_by" text NOT NULL,
	"created_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "child_consents" (
	"child_id" text NOT NULL,
	"household_id" text NOT NULL,
	"year" text NOT NULL,
	"consent" text NOT NULL,
	"given" boolean NOT NULL,
	"from_age" bigint,
	"said_by" text NOT NULL,
	"said_at" text NOT NULL,
	CONSTRAINT "child_consents_child_id_household_id_year_consent_pk" PRIMARY KEY("child_id","household_id","year","consent")
);
--> statement-breakpoint
CREATE TABLE "child_documents" (
	"id" text PRIMARY KEY NOT NULL,
	"child_id" text NOT NULL,
	"household_id" text NOT NULL,
	"kind" text NOT NULL,
	"file_id" text NOT NULL,
	"valid_until" text,
	"insurer" text,
	"policy_number" text,
	"state" text NOT NULL,
	"refusal" text,
	"decided_by" text,
	"decided_at" text,
	"keep_until" text NOT NULL,
	"created_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "child_file_parts" (
	"child_id" text NOT NULL,
	"household_id" text NOT NULL,
	"year" text NOT NULL,
	"part" text NOT NULL,
	"confirmed_by" text NOT NULL,
	"confirmed_at" text NOT NULL,
	CONSTRAINT "child_file_parts_child_id_household_id_year_part_pk" PRIMARY KEY("child_id","household_id","year","part")
);
--> statement-breakpoint
CREATE TABLE "child_health_sheets" (
	"child_id" text NOT NULL,
	"year" text NOT NULL,
	"allergies" text NOT NULL,
	"treatment" text NOT NULL,
	"advice" text NOT NULL,
	"doctor_name" text NOT NULL,
	"doctor_phone" text,
	"swimming" text NOT NULL,
	"updated_at" text NOT NULL,
	CONSTRAINT "child_health_sheets_child_id_year_pk" PRIMARY KEY("child_id","year")
);
--> statement-breakpoint
CREATE TABLE "emergency_contacts" (
	"child_id" text NOT NULL,
	"household_id" text NOT NULL,
	"rank" bigint NOT NULL,
	"name" text NOT NULL,
	"phone" text NOT NULL,
	"relationship" text NOT NULL,
	CONSTRAINT "emergency_contacts_child_id_household_id_rank_pk" PRIMARY KEY("child_id","household_id","rank")
);
--> statement-breakpoint
DROP INDEX "invoices_household_period";--> statement-breakpoint
ALTER TABLE "charges" ALTER COLUMN "meal_type" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "invoices" ALTER COLUMN "run_id" DROP NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "deposits_line" ON "deposits" USING btree ("invoice_id","position");--> statement-breakpoint
CREATE INDEX "deposits_household" ON "deposits" USING btree ("household_id");--> statement-breakpoint
CREATE INDEX "deposits_signup" ON "deposits" USING btree ("signup_id");--> statement-breakpoint
CREATE INDEX "leisure_attendances_group" ON "leisure_attendances" USING btree ("group_id","day");--> statement-breakpoint
CREATE UNIQUE INDEX "leisure_baskets_one_open" ON "leisure_baskets" USING btree ("household_id") WHERE state = 'open';--> statement-breakpoint
CREATE INDEX "leisure_baskets_household" ON "leisure_baskets" USING btree ("household_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "leisure_centres_name" ON "leisure_centres" USING btree ("name");--> statement-breakpoint
CREATE INDEX "leisure_claims_state" ON "leisure_claims" USING btree ("state","created_at");--> statement-breakpoint
CREATE INDEX "leisure_claims_child" ON "leisure_claims" USING btree ("child_id");--> statement-breakpoint
CREATE INDEX "leisure_groups_plan" ON "leisure_groups" USING btree ("centre_id","period_id");--> statement-breakpoint
CREATE INDEX "leisure_groups_period" ON "leisure_groups" USING btree ("period_id");--> statement-breakpoint
CREATE UNIQUE INDEX "leisure_periods_name" ON "leisure_periods" USING btree ("name");--> statement-breakpoint
CREATE INDEX "leisure_periods_days" ON "leisure_periods" USING btree ("from","to");--> statement-breakpoint
CREATE UNIQUE INDEX "leisure_sessions_place" ON "leisure_sessions" USING btree ("group_id","day","half");--> statement-breakpoint
CREATE UNIQUE INDEX "leisure_signup_days_one_place" ON "leisure_signup_days" USING btree ("child_id","day") WHERE state = 'taken';--> statement-breakpoint
CREATE INDEX "leisure_signup_days_group" ON "leisure_signup_days" USING btree ("group_id","day","state");--> statement-breakpoint
CREATE INDEX "leisure_signups_household" ON "leisure_signups" USING btree ("household_id","period_id");--> statement-breakpoint
CREATE INDEX "leisure_signups_period" ON "leisure_signups" USING btree ("period_id","state");--> statement-breakpoint
CREATE INDEX "leisure_signups_basket" ON "leisure_signups" USING btree ("basket_id");--> statement-breakpoint
CREATE UNIQUE INDEX "leisure_signups_token" ON "leisure_signups" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "leisure_wish_lists_period" ON "leisure_wish_lists" USING btree ("period_id");--> statement-breakpoint
CREATE UNIQUE INDEX "leisure_wish_results_line" ON "leisure_wish_results" USING btree ("period_id","line");--> statement-breakpoint
CREATE INDEX "leisure_wish_results_household" ON "leisure_wish_results" USING btree ("household_id","period_id");--> statement-breakpoint
CREATE INDEX "leisure_work_proofs_household" ON "leisure_work_proofs" USING btree ("household_id");--> statement-breakpoint
CREATE INDEX "leisure_work_proofs_state" ON "leisure_work_proofs" USING btree ("state");--> statement-breakpoint
CREATE UNIQUE INDEX "cash_deposits_number" ON "cash_deposits" USING btree ("number");--> statement-breakpoint
CREATE INDEX "cash_deposits_day" ON "cash_deposits" USING btree ("day");--> statement-breakpoint
CREATE INDEX "child_consents_year" ON "child_consents" USING btree ("year");--> statement-breakpoint
CREATE INDEX "child_documents_child" ON "child_documents" USING btree ("child_id");--> statement-breakpoint
CREATE INDEX "child_documents_state" ON "child_documents" USING btree ("state","created_at");--> statement-breakpoint
CREATE INDEX "child_documents_keep" ON "child_documents" USING btree ("keep_until");--> statement-breakpoint
CREATE INDEX "child_file_parts_year" ON "child_file_parts" USING btree ("year");--> statement-breakpoint
CREATE INDEX "child_health_sheets_year" ON "child_health_sheets" USING btree ("year");--> statement-breakpoint
CREATE INDEX "invoices_household" ON "invoices" USING btree ("household_id");--> statement-breakpoint
CREATE UNIQUE INDEX "invoices_household_period" ON "invoices" USING btree ("household_id","period") WHERE run_id is not null;