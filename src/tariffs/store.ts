import { prepared, type Queries } from '../db/database.ts'
import { asc, eq, sql } from '../db/drizzle.ts'
import type { Id } from '../kernel/ids.ts'
import { notFound } from '../kernel/problems.ts'
import type { Tariff } from './rules.ts'
import { tariffs } from './schema.ts'

const columns = { id: tariffs.id, service: tariffs.service, from: tariffs.from, to: tariffs.to, rule: tariffs.rule }

const ofService = prepared(db =>
  db
    .select(columns)
    .from(tariffs)
    .where(eq(tariffs.service, sql.placeholder('service')))
    .orderBy(asc(tariffs.from))
    .prepare(),
)

/** Every tariff of a service, past and coming ones too, by date. */
export async function tariffsOf(db: Queries, service: string): Promise<Tariff[]> {
  return ofService(db).execute({ service })
}

/** One tariff. Throws 404. */
export async function tariffById(db: Queries, id: Id<'tariff'>): Promise<Tariff> {
  const [tariff] = await db.select(columns).from(tariffs).where(eq(tariffs.id, id))
  if (!tariff) throw notFound()
  return tariff
}
