import { readFileSync } from 'node:fs'
import { parseSchoolHolidays } from '../../src/schools/open-data-holidays.ts'

const file = new URL('../../src/schools/fixtures/school-holidays-zone-b.csv', import.meta.url)

/** The file of zone B that comes with the project. */
export const zoneBFile = () => readFileSync(file, 'utf8')

/** The holidays of zone B, 2025-2026 and 2026-2027. */
export const zoneB = () => parseSchoolHolidays(zoneBFile(), 'B').rows
