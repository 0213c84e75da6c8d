import { z } from 'zod'
import { audit } from '../audit/audit.ts'
import { isUniqueViolation } from '../db/database.ts'
import { type Actor, type Service, services } from '../kernel/actor.ts'
import type { Id } from '../kernel/ids.ts'
import { conflict } from '../kernel/problems.ts'
import { nameField } from '../people/forms.ts'
import { addPerson } from '../people/persons.ts'
import type { Town } from '../town-context.ts'
import { writeAccountLetter } from './letters.ts'
import { linkHash, makeLink } from './links.ts'
import { emailKey } from './rules.ts'
import { emailField } from './sign-up.ts'
import { addAccount } from './store.ts'

export const clerkForm = z.object({
  firstName: nameField,
  lastName: nameField,
  email: emailField,
  services: z.array(z.enum(services)),
  administrator: z.boolean(),
})

export type NewClerk = {
  firstName: string
  lastName: string
  email: string
  services: readonly Service[]
  administrator: boolean
}

/**
 * An account for a clerk of the town hall. The clerk chooses the password by a link that is mailed and returned; nobody
 * else ever knows it. Throws 409 `account-exists` when the address has an account.
 */
export async function createClerk(
  town: Town,
  by: Actor,
  clerk: NewClerk,
): Promise<{ accountId: Id<'account'>; personId: Id<'person'>; link: string }> {
  const now = town.clock.now()
  const language = 'fr'
  try {
    return await town.db.transaction(async tx => {
      const { firstName, lastName, email, administrator } = clerk
      const personId = await addPerson(tx, now, { firstName, lastName, email, language })
      const account = { personId, email: emailKey(email), clerk: true, services: clerk.services, administrator }
      const accountId = await addAccount(tx, now, account)
      const secret = await makeLink(tx, now, { accountId, purpose: 'choose-password', data: {} })
      const path = `/mot-de-passe/nouveau/${secret}`
      await writeAccountLetter(tx, town, {
        kind: 'choose-password',
        key: linkHash(secret),
        to: { personId, email, language },
        path,
        params: { firstName },
      })
      await audit(tx, now, by, {
        action: 'account.clerk-created',
        subject: { kind: 'account', id: accountId },
        details: { services: clerk.services, administrator },
      })
      return { accountId, personId, link: `${town.config.baseUrl}${path}` }
    })
  } catch (error) {
    if (isUniqueViolation(error)) throw conflict('account-exists')
    throw error
  }
}
