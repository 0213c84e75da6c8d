import { readFile } from 'node:fs/promises'
import { clerkForm, createClerk } from './access/clerks.ts'
import { brokenSeals } from './audit/seal.ts'
import type { Config } from './config.ts'
import { openDatabase } from './db/open.ts'
import { system } from './kernel/actor.ts'
import { Problem } from './kernel/problems.ts'
import { type ImportReport, importSchoolHolidays, importSchools } from './schools/import.ts'
import { buildTown, type RunningTown } from './town.ts'
import { fieldErrors } from './web/forms.ts'

const operator = system('command-line')

/** Runs one command on the town, then lets go of all it opened. */
export async function withTown<Result>(
  config: Config,
  work: (running: RunningTown) => Promise<Result>,
): Promise<Result> {
  const running = await buildTown(config)
  try {
    return await work(running)
  } finally {
    await running.close()
  }
}

export async function migrate({ database }: Config): Promise<void> {
  const db = await openDatabase(database)
  try {
    const pending = await db.pendingMigrations()
    await db.migrate()
    console.log(pending === 0 ? 'The database is up to date.' : `Applied ${pending} migrations.`)
  } finally {
    await db.close()
  }
}

export async function importFile(
  config: Config,
  what: 'schools' | 'school-holidays',
  file: string,
  academy?: string,
): Promise<void> {
  const content = await readFile(file, 'utf8')
  const report = await withTown(config, ({ town }) =>
    what === 'schools'
      ? importSchools(town, operator, content)
      : importSchoolHolidays(town, operator, content, academy),
  )
  printReport(file, report)
}

function printReport(file: string, { added, changed, same, problems }: ImportReport) {
  if (problems.length === 0) {
    console.log(`${file}: ${added} added, ${changed} changed, ${same} as before.`)
    return
  }
  for (const { line, field, code, value } of problems) {
    console.error(`${file}:${line}: ${field ? `${field}: ` : ''}${code}${value ? ` (${value})` : ''}`)
  }
  console.error(`${problems.length} problems; nothing was imported.`)
  process.exitCode = 1
}

/** Opens a clerk's account and prints the link to choose its password; or says what is wrong with the options. */
export async function createUser(config: Config, options: Record<string, unknown>): Promise<void> {
  const { service, administrator = false, ...person } = options
  const wanted = clerkForm.safeParse({ ...person, services: service, administrator })
  if (!wanted.success) {
    for (const { field, code } of fieldErrors(wanted.error)) console.error(`${field}: ${code}`)
    process.exitCode = 1
    return
  }
  try {
    const { link } = await withTown(config, async ({ town, watch }) => {
      await watch() // the letter tells the hours that an administrator set
      return createClerk(town, operator, wanted.data)
    })
    console.log(`${wanted.data.email}: the password is chosen by this link, within seven days:\n${link}`)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    console.error(`${wanted.data.email}: ${error.code}`)
    process.exitCode = 1
  }
}

/** Checks what must always be true of the town's books and registers; says what is not. */
export async function doctor(config: Config): Promise<void> {
  const checks = await withTown(config, async ({ town, invariants }) => {
    const { read } = town.db
    const pending = await town.db.pendingMigrations()
    const seals = await brokenSeals(read)
    const found = [
      { check: 'the database has this version’s migrations', faults: pending === 0 ? [] : [`${pending} are missing`] },
      { check: 'the audit trail is whole', faults: seals.map(number => `seal ${number} is broken`) },
    ]
    for (const { name, check } of invariants) found.push({ check: name, faults: [...(await check(read))] })
    return found
  })
  for (const { check, faults } of checks) {
    console.log(`${faults.length === 0 ? 'ok  ' : 'FAIL'}  ${check}`)
    for (const fault of faults) console.log(`      ${fault}`)
    if (faults.length > 0) process.exitCode = 1
  }
}
