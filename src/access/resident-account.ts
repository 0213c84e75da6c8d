import { z } from 'zod'
import { audit } from '../audit/audit.ts'
import { isUniqueViolation } from '../db/database.ts'
import { eq } from '../db/drizzle.ts'
import type { Clerk } from '../kernel/actor.ts'
import { conflict, invalid } from '../kernel/problems.ts'
import { householdFor } from '../people/person-address.ts'
import { persons } from '../people/schema.ts'
import type { Town } from '../town-context.ts'
import { residentToServe } from './counter.ts'
import { writeAccountLetter } from './letters.ts'
import { linkHash, makeLink } from './links.ts'
import { emailKey } from './rules.ts'
import { accounts } from './schema.ts'
import { emailField } from './sign-up.ts'
import { accountOfPerson, addAccount } from './store.ts'

export const residentAccountForm = z.object({ email: emailField })

/**
 * Opens an account for an adult the town knows from the counter: they choose the password by the link mailed to them. The
 * letter is written anew, to another address if need be, as long as no password was chosen. They have a household from then
 * on, as everybody with an account. Throws 404 for no resident, `invalid` for an address that has an account, 409
 * `account-exists` for a person who uses theirs already.
 */
export async function openResidentAccount(town: Town, clerk: Clerk, personId: string, contact: string): Promise<void> {
  const now = town.clock.now()
  const email = emailKey(contact)
  try {
    await town.db.transaction(async tx => {
      const adult = await residentToServe(tx, town, clerk, personId)
      const known = await accountOfPerson(tx, adult.id)
      if (known?.passwordHash) throw conflict('account-exists')
      const accountId = known?.id ?? (await addAccount(tx, now, { personId: adult.id, email }))
      if (known) await tx.update(accounts).set({ email }).where(eq(accounts.id, known.id))
      await householdFor(tx, town, clerk, adult.id)
      await tx.update(persons).set({ email: contact }).where(eq(persons.id, adult.id))
      const secret = await makeLink(tx, now, { accountId, purpose: 'choose-password', data: { email } })
      await writeAccountLetter(tx, town, {
        kind: 'choose-password',
        key: linkHash(secret),
        to: { personId: adult.id, email: contact, language: adult.language },
        path: `/mot-de-passe/nouveau/${secret}`,
        params: { firstName: adult.firstName },
      })
      const subject = { kind: 'account', id: accountId }
      await audit(tx, now, clerk, { action: 'account.opened-for', subject, details: { personId: adult.id } })
    })
  } catch (error) {
    if (isUniqueViolation(error)) throw invalid([{ field: 'email', code: 'account-exists' }])
    throw error
  }
}
