import { boolean, id, index, instant, integer, json, ref, table, text, uniqueIndex } from '../db/columns.ts'
import type { Service } from '../kernel/actor.ts'
import type { LinkPurpose } from './rules.ts'

/** A way to sign in. The person it points to exists without it: children, payers and residents without e-mail have none. */
export const accounts = table(
  'accounts',
  {
    id: id<'account'>(),
    personId: ref<'person'>().notNull(),
    /** Lower case; the address as typed is the person's. */
    email: text().notNull(),
    emailVerifiedAt: instant(),
    /** argon2id, PHC string. Empty until an invited person chooses a password. */
    passwordHash: text(),
    /** A clerk of the town hall; everybody else is a resident. */
    clerk: boolean().notNull(),
    /** Services a clerk works for; empty for a resident. */
    services: json<readonly Service[]>().notNull(),
    administrator: boolean().notNull(),
    /** A second factor's secret, when one is enrolled. */
    secondFactor: text(),
    disabledAt: instant(),
    lastSignInAt: instant(),
    createdAt: instant().notNull(),
  },
  t => [
    uniqueIndex('accounts_email').on(t.email),
    uniqueIndex('accounts_person').on(t.personId),
    index('accounts_clerk').on(t.clerk),
  ],
)

/** One-time links sent by mail: confirm an address, choose a password. Only the hash is kept. */
export const accountTokens = table(
  'account_tokens',
  {
    tokenHash: text().primaryKey(),
    accountId: ref<'account'>().notNull(),
    purpose: text().$type<LinkPurpose>().notNull(),
    data: json<Record<string, string>>().notNull(),
    createdAt: instant().notNull(),
    expiresAt: instant().notNull(),
    usedAt: instant(),
  },
  t => [index('account_tokens_account').on(t.accountId)],
)

/** Codes printed for people without e-mail, who open an account with one at home. Only the hash is kept. */
export const activationCodes = table(
  'activation_codes',
  {
    codeHash: text().primaryKey(),
    personId: ref<'person'>().notNull(),
    /** The clerk who printed it. */
    createdBy: ref<'account'>().notNull(),
    createdAt: instant().notNull(),
    expiresAt: instant().notNull(),
    usedAt: instant(),
    /** What was chosen with it, until the address is confirmed: as typed, argon2id, and the link of the letter by its hash. */
    email: text(),
    passwordHash: text(),
    confirmHash: text(),
  },
  t => [
    index('activation_codes_person').on(t.personId),
    uniqueIndex('activation_codes_confirm').on(t.confirmHash),
    index('activation_codes_end').on(t.expiresAt),
  ],
)

/** Attempts counted per key (account, address), so that guessing is slow whichever process answers. */
export const attempts = table('attempts', {
  key: text().primaryKey(),
  count: integer().notNull(),
  /** The count starts anew after this instant. */
  until: instant().notNull(),
})
