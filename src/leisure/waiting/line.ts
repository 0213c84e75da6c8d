import { instantText } from '../../db/columns.ts'
import { prepared, type Queries } from '../../db/database.ts'
import { and, asc, eq, sql } from '../../db/drizzle.ts'
import { inList, listOf } from '../../db/lists.ts'
import { leisureSignupDays, leisureSignups } from '../schema.ts'
import { type Signup, withDays } from '../signups.ts'
import { type AskedDay, sessionKeysOf } from '../taking.ts'

/** How many are read of a line at a time: mostly the first one takes the place. */
const AT_A_TIME = 25

const inLine = prepared(db =>
  db
    .select()
    .from(leisureSignups)
    .where(
      and(
        eq(leisureSignups.state, 'waiting'),
        sql`${leisureSignups.id} in (select ${leisureSignupDays.signupId} from ${leisureSignupDays}
          where ${inList(leisureSignupDays.groupId, 'groups')} and ${inList(leisureSignupDays.day, 'days')}
          and ${leisureSignupDays.state} = 'asked')`,
        sql`(${leisureSignups.since}, ${leisureSignups.id}) > (${sql.placeholder('since')}, ${sql.placeholder('id')})`,
      ),
    )
    .orderBy(asc(leisureSignups.since), asc(leisureSignups.id))
    .limit(AT_A_TIME)
    .prepare(),
)

/** Who waits for one of these half-days, who came first first, some at a time until the line ends. */
export async function* lineFor(db: Queries, days: readonly AskedDay[]): AsyncGenerator<Signup[], void> {
  const wanted = new Set(days.flatMap(sessionKeysOf))
  const asked = {
    groups: listOf(new Set(days.map(({ groupId }) => groupId))),
    days: listOf(new Set(days.map(({ day }) => day.toString()))),
  }
  let after = { since: '', id: '' }
  for (;;) {
    const rows = await inLine(db).execute({ ...asked, ...after })
    const last = rows.at(-1)
    if (!last) return
    const batch = await withDays(db, rows)
    yield batch.filter(signup => signup.days.some(day => sessionKeysOf(day).some(key => wanted.has(key))))
    if (rows.length < AT_A_TIME) return
    after = { since: instantText(last.since), id: last.id }
  }
}
