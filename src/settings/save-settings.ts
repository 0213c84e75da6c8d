import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { audit } from '../audit/audit.ts'
import type { Tx } from '../db/database.ts'
import { type Actor, administratorAmong, type Clerk } from '../kernel/actor.ts'
import type { Town } from '../town-context.ts'
import { parse } from '../web/forms.ts'
import { townSettings } from './schema.ts'
import { type Settings, settingKeys, settingsOf, settingsShape } from './settings.ts'

export const settingsChanges = z.object(settingsShape).partial()
export type SettingsChanges = z.input<typeof settingsChanges>

/**
 * Keeps what an administrator sets; what is left out stays as it is. Each setting that changes is in the audit trail, with
 * what it was. Throws `invalid` by field, and 404 to who is no administrator.
 */
export async function saveSettings(town: Town, asker: Actor, changes: SettingsChanges): Promise<Settings> {
  const administrator = administratorAmong(asker)
  const wanted = parse(settingsChanges, changes)
  const now = town.clock.now()
  return town.db.transaction(tx => writeSettings(tx, now, administrator, wanted))
}

/**
 * Keeps settings that were looked at, for whoever may set them; what is left out stays as it is. Each that changes is in the
 * audit trail, with what it was.
 */
export async function writeSettings(
  tx: Tx,
  now: Temporal.Instant,
  clerk: Clerk,
  wanted: z.output<typeof settingsChanges>,
): Promise<Settings> {
  const before = await settingsOf(tx)
  const after = { ...before, ...wanted } as Settings
  for (const key of settingKeys) {
    if (isDeepStrictEqual(before[key], after[key])) continue
    const row = { value: { is: after[key] }, updatedAt: now, updatedBy: clerk.accountId }
    await tx
      .insert(townSettings)
      .values({ key, ...row })
      .onConflictDoUpdate({ target: townSettings.key, set: row })
    await audit(tx, now, clerk, {
      action: 'settings.changed',
      subject: { kind: 'setting', id: key },
      // An address is somebody's: the trail only says that it changed.
      details: key === 'weeklyMailTo' ? {} : { from: before[key], to: after[key] },
    })
  }
  return after
}
