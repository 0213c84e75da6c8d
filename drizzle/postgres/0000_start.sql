CREATE TABLE "account_tokens" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"purpose" text NOT NULL,
	"data" jsonb NOT NULL,
	"created_at" text NOT NULL,
	"expires_at" text NOT NULL,
	"used_at" text
);
--> statement-breakpoint
CREATE TABLE "accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"email" text NOT NULL,
	"email_verified_at" text,
	"password_hash" text,
	"clerk" boolean NOT NULL,
	"services" jsonb NOT NULL,
	"administrator" boolean NOT NULL,
	"second_factor" text,
	"disabled_at" text,
	"last_sign_in_at" text,
	"created_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "attempts" (
	"key" text PRIMARY KEY NOT NULL,
	"count" bigint NOT NULL,
	"until" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_entries" (
	"id" text PRIMARY KEY NOT NULL,
	"at" text NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_account_id" text,
	"on_behalf_of" text,
	"action" text NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_id" text NOT NULL,
	"details" jsonb NOT NULL,
	"seal" bigint
);
--> statement-breakpoint
CREATE TABLE "audit_seals" (
	"number" bigint PRIMARY KEY NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL,
	"entries" bigint NOT NULL,
	"sealed_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "billing_oddities" (
	"run_id" text NOT NULL,
	"household_id" text NOT NULL,
	"code" text NOT NULL,
	"usual" bigint,
	CONSTRAINT "billing_oddities_run_id_code_household_id_pk" PRIMARY KEY("run_id","code","household_id")
);
--> statement-breakpoint
CREATE TABLE "billing_run_households" (
	"run_id" text NOT NULL,
	"household_id" text NOT NULL,
	"state" text NOT NULL,
	"charges" bigint NOT NULL,
	"total" bigint NOT NULL,
	"lines" jsonb NOT NULL,
	CONSTRAINT "billing_run_households_run_id_household_id_pk" PRIMARY KEY("run_id","household_id")
);
--> statement-breakpoint
CREATE TABLE "billing_runs" (
	"id" text PRIMARY KEY NOT NULL,
	"period" text NOT NULL,
	"state" text NOT NULL,
	"households" bigint NOT NULL,
	"total" bigint NOT NULL,
	"drafted_by" text,
	"created_at" text NOT NULL,
	"issued_by" text,
	"issued_at" text,
	"frozen" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "charges" (
	"id" text PRIMARY KEY NOT NULL,
	"household_id" text NOT NULL,
	"child_id" text NOT NULL,
	"service" text NOT NULL,
	"day" text NOT NULL,
	"kind" text NOT NULL,
	"meal_type" text NOT NULL,
	"amount" bigint NOT NULL,
	"explanation" jsonb NOT NULL,
	"source" text NOT NULL,
	"period" text NOT NULL,
	"corrects" text,
	"credited" bigint NOT NULL,
	"created_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "credit_notes" (
	"id" text PRIMARY KEY NOT NULL,
	"number" text NOT NULL,
	"invoice_id" text NOT NULL,
	"household_id" text NOT NULL,
	"amount" bigint NOT NULL,
	"reason" text NOT NULL,
	"lines" jsonb NOT NULL,
	"frozen" jsonb NOT NULL,
	"key" text NOT NULL,
	"issue_date" text NOT NULL,
	"issued_by" text,
	"created_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "invoice_disputes" (
	"id" text PRIMARY KEY NOT NULL,
	"invoice_id" text NOT NULL,
	"household_id" text NOT NULL,
	"lines" jsonb NOT NULL,
	"reason" text NOT NULL,
	"text" text NOT NULL,
	"state" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" text NOT NULL,
	"answer" text,
	"credit_note_id" text,
	"answered_by" text,
	"answered_at" text
);
--> statement-breakpoint
CREATE TABLE "invoice_lines" (
	"invoice_id" text NOT NULL,
	"position" bigint NOT NULL,
	"child_id" text NOT NULL,
	"child_name" text NOT NULL,
	"service" text NOT NULL,
	"kind" text NOT NULL,
	"quantity" bigint NOT NULL,
	"unit" bigint NOT NULL,
	"amount" bigint NOT NULL,
	"explanation" jsonb NOT NULL,
	"days" jsonb NOT NULL,
	CONSTRAINT "invoice_lines_invoice_id_position_pk" PRIMARY KEY("invoice_id","position")
);
--> statement-breakpoint
CREATE TABLE "invoice_notices" (
	"mail_key" text PRIMARY KEY NOT NULL,
	"invoice_id" text NOT NULL,
	"kind" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "invoices" (
	"id" text PRIMARY KEY NOT NULL,
	"number" text NOT NULL,
	"household_id" text NOT NULL,
	"payer_id" text NOT NULL,
	"period" text NOT NULL,
	"issue_date" text NOT NULL,
	"due_date" text NOT NULL,
	"total" bigint NOT NULL,
	"frozen" jsonb NOT NULL,
	"run_id" text NOT NULL,
	"created_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ledger_lines" (
	"posting_id" text NOT NULL,
	"position" bigint NOT NULL,
	"account" text NOT NULL,
	"invoice_id" text,
	"amount" bigint NOT NULL,
	CONSTRAINT "ledger_lines_posting_id_position_pk" PRIMARY KEY("posting_id","position")
);
--> statement-breakpoint
CREATE TABLE "ledger_postings" (
	"id" text PRIMARY KEY NOT NULL,
	"at" text NOT NULL,
	"kind" text NOT NULL,
	"key" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "number_series" (
	"name" text PRIMARY KEY NOT NULL,
	"next" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "absence_claims" (
	"id" text PRIMARY KEY NOT NULL,
	"child_id" text NOT NULL,
	"household_id" text NOT NULL,
	"day" text NOT NULL,
	"file_id" text NOT NULL,
	"state" text NOT NULL,
	"refusal" text,
	"decided_by" text,
	"decided_at" text,
	"created_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "attendances" (
	"id" text PRIMARY KEY NOT NULL,
	"child_id" text NOT NULL,
	"school_id" text NOT NULL,
	"day" text NOT NULL,
	"present" boolean NOT NULL,
	"booked" boolean NOT NULL,
	"justification" text,
	"correction" text,
	"revision" bigint DEFAULT 1 NOT NULL,
	"recorded_by" text NOT NULL,
	"recorded_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "calendar_feeds" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"household_id" text NOT NULL,
	"created_at" text NOT NULL,
	"revoked_at" text
);
--> statement-breakpoint
CREATE TABLE "meal_bookings" (
	"id" text PRIMARY KEY NOT NULL,
	"child_id" text NOT NULL,
	"household_id" text NOT NULL,
	"school_id" text NOT NULL,
	"day" text NOT NULL,
	"meal_type" text NOT NULL,
	"state" text NOT NULL,
	"cancelled_by" text,
	"revision" bigint DEFAULT 1 NOT NULL,
	"changed_at" text NOT NULL,
	"created_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "meal_days" (
	"id" text PRIMARY KEY NOT NULL,
	"school_id" text NOT NULL,
	"day" text NOT NULL,
	"capacity" bigint NOT NULL,
	"taken" bigint NOT NULL,
	"counted_at" text,
	"count" jsonb,
	CONSTRAINT "meal_days_never_oversold" CHECK ("meal_days"."taken" >= 0 and "meal_days"."taken" <= "meal_days"."capacity")
);
--> statement-breakpoint
CREATE TABLE "meal_patterns" (
	"id" text PRIMARY KEY NOT NULL,
	"child_id" text NOT NULL,
	"household_id" text NOT NULL,
	"weekdays" jsonb NOT NULL,
	"meal_type" text NOT NULL,
	"from" text NOT NULL,
	"to" text NOT NULL,
	"created_at" text NOT NULL,
	"stopped_at" text
);
--> statement-breakpoint
CREATE TABLE "meal_waiting" (
	"id" text PRIMARY KEY NOT NULL,
	"child_id" text NOT NULL,
	"household_id" text NOT NULL,
	"school_id" text NOT NULL,
	"day" text NOT NULL,
	"meal_type" text NOT NULL,
	"state" text NOT NULL,
	"since" text NOT NULL,
	"offer_expires_at" text,
	"token_hash" text
);
--> statement-breakpoint
CREATE TABLE "menu_dishes" (
	"id" text PRIMARY KEY NOT NULL,
	"day" text NOT NULL,
	"kind" text NOT NULL,
	"position" bigint NOT NULL,
	"name" text NOT NULL,
	"vegetarian" boolean NOT NULL,
	"allergens" jsonb NOT NULL,
	"labels" jsonb NOT NULL,
	"updated_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "documents" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"subject_id" text NOT NULL,
	"name" text NOT NULL,
	"stored_as" text NOT NULL,
	"size" bigint NOT NULL,
	"sha256" text NOT NULL,
	"created_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" text PRIMARY KEY NOT NULL,
	"topic" text NOT NULL,
	"payload" jsonb NOT NULL,
	"key" text NOT NULL,
	"state" text NOT NULL,
	"due_at" text NOT NULL,
	"attempts" bigint NOT NULL,
	"last_error" text,
	"created_at" text NOT NULL,
	"done_at" text
);
--> statement-breakpoint
CREATE TABLE "mails" (
	"id" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"person_id" text,
	"to" text,
	"language" text NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"text" text NOT NULL,
	"html" text NOT NULL,
	"documents" jsonb NOT NULL,
	"state" text NOT NULL,
	"failure" text,
	"created_at" text NOT NULL,
	"sent_at" text
);
--> statement-breakpoint
CREATE TABLE "cash_closings" (
	"id" text PRIMARY KEY NOT NULL,
	"day" text NOT NULL,
	"cash_expected" bigint NOT NULL,
	"cash_counted" bigint NOT NULL,
	"cheques_expected" bigint NOT NULL,
	"cheques_counted" bigint NOT NULL,
	"cheques_amount" bigint NOT NULL,
	"note" text NOT NULL,
	"closed_by" text NOT NULL,
	"closed_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "disputes" (
	"stripe_id" text PRIMARY KEY NOT NULL,
	"payment_id" text NOT NULL,
	"amount" bigint NOT NULL,
	"fee" bigint NOT NULL,
	"withdrawn" bigint NOT NULL,
	"reinstated" bigint NOT NULL,
	"state" text NOT NULL,
	"reason" text NOT NULL,
	"opened_at" text NOT NULL,
	"closed_at" text
);
--> statement-breakpoint
CREATE TABLE "payment_alerts" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"key" text NOT NULL,
	"payment_id" text,
	"details" jsonb NOT NULL,
	"created_at" text NOT NULL,
	"resolved_at" text,
	"resolved_by" text,
	"resolution" text
);
--> statement-breakpoint
CREATE TABLE "payment_parts" (
	"payment_id" text NOT NULL,
	"invoice_id" text NOT NULL,
	"amount" bigint NOT NULL,
	"left_after" bigint,
	CONSTRAINT "payment_parts_payment_id_invoice_id_pk" PRIMARY KEY("payment_id","invoice_id")
);
--> statement-breakpoint
CREATE TABLE "payments" (
	"id" text PRIMARY KEY NOT NULL,
	"household_id" text NOT NULL,
	"payer_id" text NOT NULL,
	"means" text NOT NULL,
	"state" text NOT NULL,
	"amount" bigint NOT NULL,
	"refunded" bigint NOT NULL,
	"session_id" text,
	"session_url" text,
	"session_expires_at" text,
	"intent_id" text,
	"receipt_number" text,
	"failure" text,
	"language" text NOT NULL,
	"taken_by" text,
	"reference" text,
	"closing_id" text,
	"created_at" text NOT NULL,
	"changed_at" text NOT NULL,
	"succeeded_at" text,
	"checked_at" text
);
--> statement-breakpoint
CREATE TABLE "payout_lines" (
	"stripe_id" text PRIMARY KEY NOT NULL,
	"payout_id" text NOT NULL,
	"kind" text NOT NULL,
	"source_id" text NOT NULL,
	"payment_id" text,
	"gross" bigint NOT NULL,
	"fee" bigint NOT NULL,
	"net" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "payouts" (
	"stripe_id" text PRIMARY KEY NOT NULL,
	"amount" bigint NOT NULL,
	"arrival_date" text NOT NULL,
	"state" text NOT NULL,
	"created_at" text NOT NULL,
	"changed_at" text NOT NULL,
	"matched_at" text
);
--> statement-breakpoint
CREATE TABLE "reconciliation" (
	"name" text PRIMARY KEY NOT NULL,
	"up_to" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "refunds" (
	"id" text PRIMARY KEY NOT NULL,
	"payment_id" text NOT NULL,
	"amount" bigint NOT NULL,
	"state" text NOT NULL,
	"reason" text NOT NULL,
	"stripe_id" text,
	"failure" text,
	"requested_by" text,
	"created_at" text NOT NULL,
	"changed_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "stripe_events" (
	"id" text PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"object_id" text NOT NULL,
	"created" text NOT NULL,
	"received_at" text NOT NULL,
	"outcome" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "child_health" (
	"child_id" text PRIMARY KEY NOT NULL,
	"pai_details" text NOT NULL,
	"updated_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "children" (
	"person_id" text PRIMARY KEY NOT NULL,
	"meal_type" text NOT NULL,
	"pai" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "custodies" (
	"id" text PRIMARY KEY NOT NULL,
	"child_id" text NOT NULL,
	"first_household_id" text NOT NULL,
	"second_household_id" text NOT NULL,
	"from" text NOT NULL,
	"terms" jsonb NOT NULL,
	"decided_by" text,
	"created_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "custody_declarations" (
	"id" text PRIMARY KEY NOT NULL,
	"child_id" text NOT NULL,
	"household_id" text NOT NULL,
	"from" text NOT NULL,
	"terms" jsonb NOT NULL,
	"state" text NOT NULL,
	"refusal" text,
	"decided_by" text,
	"decided_at" text,
	"created_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "family_quotients" (
	"id" text PRIMARY KEY NOT NULL,
	"household_id" text NOT NULL,
	"value" bigint NOT NULL,
	"from" text NOT NULL,
	"to" text NOT NULL,
	"state" text NOT NULL,
	"proof_id" text,
	"refusal" text,
	"decided_by" text,
	"decided_at" text,
	"created_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "files" (
	"id" text PRIMARY KEY NOT NULL,
	"household_id" text NOT NULL,
	"purpose" text NOT NULL,
	"name" text NOT NULL,
	"media_type" text NOT NULL,
	"size" bigint NOT NULL,
	"stored_as" text NOT NULL,
	"created_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "household_addresses" (
	"id" text PRIMARY KEY NOT NULL,
	"household_id" text NOT NULL,
	"from" text NOT NULL,
	"lines" jsonb NOT NULL,
	"postcode" text NOT NULL,
	"city" text NOT NULL,
	"resident" boolean NOT NULL,
	"created_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "household_invitations" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"household_id" text NOT NULL,
	"email" text NOT NULL,
	"invited_by" text NOT NULL,
	"created_at" text NOT NULL,
	"expires_at" text NOT NULL,
	"used_at" text
);
--> statement-breakpoint
CREATE TABLE "household_members" (
	"household_id" text NOT NULL,
	"person_id" text NOT NULL,
	"role" text NOT NULL,
	"confirmed_at" text,
	"created_at" text NOT NULL,
	CONSTRAINT "household_members_household_id_person_id_pk" PRIMARY KEY("household_id","person_id")
);
--> statement-breakpoint
CREATE TABLE "households" (
	"id" text PRIMARY KEY NOT NULL,
	"payer_id" text NOT NULL,
	"created_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "persons" (
	"id" text PRIMARY KEY NOT NULL,
	"first_name" text NOT NULL,
	"last_name" text NOT NULL,
	"birth_date" text,
	"email" text,
	"phone" text,
	"language" text NOT NULL,
	"search_key" text NOT NULL,
	"created_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pickup_persons" (
	"id" text PRIMARY KEY NOT NULL,
	"child_id" text NOT NULL,
	"household_id" text NOT NULL,
	"name" text NOT NULL,
	"phone" text NOT NULL,
	"relationship" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "schoolings" (
	"id" text PRIMARY KEY NOT NULL,
	"child_id" text NOT NULL,
	"school_id" text NOT NULL,
	"class_name" text NOT NULL,
	"from" text NOT NULL,
	"to" text
);
--> statement-breakpoint
CREATE TABLE "clerk_schools" (
	"account_id" text NOT NULL,
	"school_id" text NOT NULL,
	CONSTRAINT "clerk_schools_account_id_school_id_pk" PRIMARY KEY("account_id","school_id")
);
--> statement-breakpoint
CREATE TABLE "closure_declarations" (
	"id" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"meals_expected" bigint NOT NULL,
	"created_by" text,
	"created_at" text NOT NULL,
	"withdrawn_by" text,
	"withdrawn_at" text
);
--> statement-breakpoint
CREATE TABLE "closures" (
	"id" text PRIMARY KEY NOT NULL,
	"school_id" text,
	"class_name" text,
	"from" text NOT NULL,
	"to" text NOT NULL,
	"reason" text NOT NULL,
	"message" text NOT NULL,
	"declaration_id" text,
	"created_by" text,
	"created_at" text NOT NULL,
	"withdrawn_at" text
);
--> statement-breakpoint
CREATE TABLE "school_classes" (
	"id" text PRIMARY KEY NOT NULL,
	"school_id" text NOT NULL,
	"name" text NOT NULL,
	"level" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "school_holidays" (
	"id" text PRIMARY KEY NOT NULL,
	"zone" text NOT NULL,
	"name" text NOT NULL,
	"from" text NOT NULL,
	"until" text NOT NULL,
	"school_year" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "schools" (
	"id" text PRIMARY KEY NOT NULL,
	"uai" text NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"address" text NOT NULL,
	"postcode" text NOT NULL,
	"city" text NOT NULL,
	"phone" text,
	"canteen" boolean NOT NULL,
	"meal_weekdays" jsonb NOT NULL,
	"meal_capacity" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tariffs" (
	"id" text PRIMARY KEY NOT NULL,
	"service" text NOT NULL,
	"from" text NOT NULL,
	"to" text,
	"rule" jsonb NOT NULL,
	"created_by" text,
	"created_at" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "idempotent_answers" (
	"scope" text NOT NULL,
	"key" text NOT NULL,
	"fingerprint" text NOT NULL,
	"status" bigint NOT NULL,
	"body" jsonb NOT NULL,
	"created_at" text NOT NULL,
	CONSTRAINT "idempotent_answers_scope_key_pk" PRIMARY KEY("scope","key")
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id_hash" text PRIMARY KEY NOT NULL,
	"account_id" text,
	"data" jsonb NOT NULL,
	"device" text,
	"created_at" text NOT NULL,
	"last_seen_at" text NOT NULL,
	"expires_at" text NOT NULL
);
--> statement-breakpoint
CREATE INDEX "account_tokens_account" ON "account_tokens" USING btree ("account_id");--> statement-breakpoint
CREATE UNIQUE INDEX "accounts_email" ON "accounts" USING btree ("email");--> statement-breakpoint
CREATE UNIQUE INDEX "accounts_person" ON "accounts" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "audit_subject" ON "audit_entries" USING btree ("subject_kind","subject_id","at");--> statement-breakpoint
CREATE INDEX "audit_unsealed" ON "audit_entries" USING btree ("seal");--> statement-breakpoint
CREATE INDEX "billing_run_households_state" ON "billing_run_households" USING btree ("run_id","state","household_id");--> statement-breakpoint
CREATE UNIQUE INDEX "billing_runs_period" ON "billing_runs" USING btree ("period");--> statement-breakpoint
CREATE UNIQUE INDEX "charges_source" ON "charges" USING btree ("source","household_id");--> statement-breakpoint
CREATE INDEX "charges_household" ON "charges" USING btree ("household_id","period");--> statement-breakpoint
CREATE UNIQUE INDEX "credit_notes_number" ON "credit_notes" USING btree ("number");--> statement-breakpoint
CREATE UNIQUE INDEX "credit_notes_key" ON "credit_notes" USING btree ("invoice_id","key");--> statement-breakpoint
CREATE INDEX "credit_notes_household" ON "credit_notes" USING btree ("household_id");--> statement-breakpoint
CREATE INDEX "invoice_disputes_state" ON "invoice_disputes" USING btree ("state","created_at");--> statement-breakpoint
CREATE INDEX "invoice_disputes_invoice" ON "invoice_disputes" USING btree ("invoice_id");--> statement-breakpoint
CREATE INDEX "invoice_notices_invoice" ON "invoice_notices" USING btree ("invoice_id","kind");--> statement-breakpoint
CREATE UNIQUE INDEX "invoices_number" ON "invoices" USING btree ("number");--> statement-breakpoint
CREATE UNIQUE INDEX "invoices_household_period" ON "invoices" USING btree ("household_id","period");--> statement-breakpoint
CREATE INDEX "invoices_run" ON "invoices" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "invoices_due" ON "invoices" USING btree ("due_date");--> statement-breakpoint
CREATE INDEX "ledger_lines_account" ON "ledger_lines" USING btree ("account");--> statement-breakpoint
CREATE INDEX "ledger_lines_invoice" ON "ledger_lines" USING btree ("invoice_id");--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_postings_key" ON "ledger_postings" USING btree ("key");--> statement-breakpoint
CREATE INDEX "ledger_postings_at" ON "ledger_postings" USING btree ("at");--> statement-breakpoint
CREATE UNIQUE INDEX "absence_claims_child_day" ON "absence_claims" USING btree ("child_id","day");--> statement-breakpoint
CREATE INDEX "absence_claims_household" ON "absence_claims" USING btree ("household_id","day");--> statement-breakpoint
CREATE INDEX "absence_claims_state" ON "absence_claims" USING btree ("state","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "attendances_child_day" ON "attendances" USING btree ("child_id","day");--> statement-breakpoint
CREATE INDEX "attendances_school_day" ON "attendances" USING btree ("school_id","day");--> statement-breakpoint
CREATE INDEX "calendar_feeds_household" ON "calendar_feeds" USING btree ("household_id");--> statement-breakpoint
CREATE UNIQUE INDEX "meal_bookings_child_day" ON "meal_bookings" USING btree ("child_id","day");--> statement-breakpoint
CREATE INDEX "meal_bookings_school_day" ON "meal_bookings" USING btree ("school_id","day","state");--> statement-breakpoint
CREATE INDEX "meal_bookings_household" ON "meal_bookings" USING btree ("household_id","day");--> statement-breakpoint
CREATE UNIQUE INDEX "meal_days_school_day" ON "meal_days" USING btree ("school_id","day");--> statement-breakpoint
CREATE INDEX "meal_patterns_child" ON "meal_patterns" USING btree ("child_id");--> statement-breakpoint
CREATE INDEX "meal_patterns_household" ON "meal_patterns" USING btree ("household_id","to");--> statement-breakpoint
CREATE UNIQUE INDEX "meal_waiting_child_day" ON "meal_waiting" USING btree ("child_id","day");--> statement-breakpoint
CREATE INDEX "meal_waiting_line" ON "meal_waiting" USING btree ("school_id","day","state","since");--> statement-breakpoint
CREATE UNIQUE INDEX "meal_waiting_token" ON "meal_waiting" USING btree ("token_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "menu_dishes_place" ON "menu_dishes" USING btree ("day","kind","position");--> statement-breakpoint
CREATE UNIQUE INDEX "documents_subject" ON "documents" USING btree ("kind","subject_id");--> statement-breakpoint
CREATE UNIQUE INDEX "outbox_key" ON "outbox" USING btree ("key");--> statement-breakpoint
CREATE INDEX "outbox_due" ON "outbox" USING btree ("state","due_at");--> statement-breakpoint
CREATE UNIQUE INDEX "mails_key" ON "mails" USING btree ("key");--> statement-breakpoint
CREATE INDEX "mails_state" ON "mails" USING btree ("state","created_at");--> statement-breakpoint
CREATE INDEX "mails_person" ON "mails" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "cash_closings_day" ON "cash_closings" USING btree ("day");--> statement-breakpoint
CREATE INDEX "disputes_payment" ON "disputes" USING btree ("payment_id");--> statement-breakpoint
CREATE UNIQUE INDEX "payment_alerts_key" ON "payment_alerts" USING btree ("key");--> statement-breakpoint
CREATE INDEX "payment_alerts_open" ON "payment_alerts" USING btree ("resolved_at","created_at");--> statement-breakpoint
CREATE INDEX "payment_parts_invoice" ON "payment_parts" USING btree ("invoice_id");--> statement-breakpoint
CREATE UNIQUE INDEX "payments_session" ON "payments" USING btree ("session_id");--> statement-breakpoint
CREATE UNIQUE INDEX "payments_receipt" ON "payments" USING btree ("receipt_number");--> statement-breakpoint
CREATE INDEX "payments_household" ON "payments" USING btree ("household_id","created_at");--> statement-breakpoint
CREATE INDEX "payments_state" ON "payments" USING btree ("state","changed_at");--> statement-breakpoint
CREATE INDEX "payments_intent" ON "payments" USING btree ("intent_id");--> statement-breakpoint
CREATE INDEX "payments_succeeded" ON "payments" USING btree ("succeeded_at");--> statement-breakpoint
CREATE INDEX "payout_lines_payout" ON "payout_lines" USING btree ("payout_id");--> statement-breakpoint
CREATE UNIQUE INDEX "refunds_stripe" ON "refunds" USING btree ("stripe_id");--> statement-breakpoint
CREATE INDEX "refunds_payment" ON "refunds" USING btree ("payment_id");--> statement-breakpoint
CREATE INDEX "refunds_state" ON "refunds" USING btree ("state","changed_at");--> statement-breakpoint
CREATE INDEX "stripe_events_created" ON "stripe_events" USING btree ("created");--> statement-breakpoint
CREATE UNIQUE INDEX "custodies_from" ON "custodies" USING btree ("child_id","from");--> statement-breakpoint
CREATE INDEX "custody_declarations_child" ON "custody_declarations" USING btree ("child_id","household_id");--> statement-breakpoint
CREATE INDEX "custody_declarations_state" ON "custody_declarations" USING btree ("state");--> statement-breakpoint
CREATE INDEX "family_quotients_household" ON "family_quotients" USING btree ("household_id","from");--> statement-breakpoint
CREATE INDEX "family_quotients_state" ON "family_quotients" USING btree ("state");--> statement-breakpoint
CREATE INDEX "files_household" ON "files" USING btree ("household_id");--> statement-breakpoint
CREATE UNIQUE INDEX "household_addresses_from" ON "household_addresses" USING btree ("household_id","from");--> statement-breakpoint
CREATE INDEX "household_invitations_household" ON "household_invitations" USING btree ("household_id");--> statement-breakpoint
CREATE INDEX "household_members_person" ON "household_members" USING btree ("person_id");--> statement-breakpoint
CREATE UNIQUE INDEX "household_members_guardian" ON "household_members" USING btree ("person_id") WHERE role = 'guardian';--> statement-breakpoint
CREATE INDEX "persons_search" ON "persons" USING btree ("search_key");--> statement-breakpoint
CREATE INDEX "persons_birth" ON "persons" USING btree ("birth_date");--> statement-breakpoint
CREATE INDEX "persons_phone" ON "persons" USING btree ("phone");--> statement-breakpoint
CREATE INDEX "pickup_persons_child" ON "pickup_persons" USING btree ("child_id");--> statement-breakpoint
CREATE UNIQUE INDEX "schoolings_from" ON "schoolings" USING btree ("child_id","from");--> statement-breakpoint
CREATE INDEX "schoolings_school" ON "schoolings" USING btree ("school_id");--> statement-breakpoint
CREATE INDEX "closure_declarations_state" ON "closure_declarations" USING btree ("state");--> statement-breakpoint
CREATE INDEX "closures_days" ON "closures" USING btree ("from","to");--> statement-breakpoint
CREATE INDEX "closures_declaration" ON "closures" USING btree ("declaration_id");--> statement-breakpoint
CREATE UNIQUE INDEX "school_classes_name" ON "school_classes" USING btree ("school_id","name");--> statement-breakpoint
CREATE UNIQUE INDEX "school_holidays_from" ON "school_holidays" USING btree ("zone","from");--> statement-breakpoint
CREATE UNIQUE INDEX "schools_uai" ON "schools" USING btree ("uai");--> statement-breakpoint
CREATE UNIQUE INDEX "tariffs_service" ON "tariffs" USING btree ("service","from");--> statement-breakpoint
CREATE INDEX "sessions_account" ON "sessions" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "sessions_expiry" ON "sessions" USING btree ("expires_at");